import { useRef } from 'preact/hooks';

/** A button that asks for files. */
export function FileButton({
  text,
  accept,
  multiple = false,
  isOn,
  onFiles,
}: {
  text: string;
  accept: string;
  multiple?: boolean;
  isOn: boolean;
  onFiles: (files: File[]) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" aria-pressed={isOn} onClick={() => input.current?.click()}>
        {text}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        multiple={multiple}
        aria-label={text}
        onChange={({ currentTarget }) => {
          const files = Array.from(currentTarget.files ?? []);
          currentTarget.value = ''; // so that the same file can be chosen again
          if (files.length > 0) onFiles(files);
        }}
      />
    </>
  );
}
