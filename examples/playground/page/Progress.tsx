/** What is going on; of a method of many passes how far it is, and a button to stop it. */
export function Progress({
  busy,
  progress,
  onCancel,
}: {
  busy: string | null;
  progress: number | null;
  onCancel: () => void;
}) {
  return (
    <div class="progress">
      {progress !== null ? (
        <>
          <progress aria-label="Passes done" value={progress} max={1} />
          <button type="button" onClick={onCancel}>
            Stop
          </button>
        </>
      ) : (
        busy !== null && <span class="busy">{busy}</span>
      )}
    </div>
  );
}
