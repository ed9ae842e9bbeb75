/** The document's title, and where the focus goes when a place is entered. */
import { useEffect } from "preact/hooks";

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Flownote` : "Flownote";
  }, [title]);
}
