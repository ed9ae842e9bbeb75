/** A sentence of Flownote's: what stands in `backticks` is code. */

export function Words({ text }: { text: string }) {
  const parts = text.split("`");
  // An odd backtick means something else: then the text stays as it is.
  if (parts.length % 2 === 0) return <>{text}</>;
  return <>{parts.map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part))}</>;
}
