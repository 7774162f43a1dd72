/** Asks before a link makes the page ask another host for its network. */
export function ForeignModel({
  address,
  host,
  onLoad,
  onLeave,
}: {
  address: string;
  host: string;
  onLoad: () => void;
  onLeave: () => void;
}) {
  return (
    <section class="foreign" aria-labelledby="foreign-title">
      <h2 id="foreign-title">This link wants a network from {host}</h2>
      <p>
        It is at <code>{address}</code>. If you load it, {host} learns your internet address, as any site that
        you open does. Your photo stays here.
      </p>
      <div class="row">
        <button type="button" onClick={onLoad}>
          Load it
        </button>
        <button type="button" onClick={onLeave}>
          Take MobileNetV2 instead
        </button>
      </div>
    </section>
  );
}
