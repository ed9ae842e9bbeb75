/** The sandbox's frame, over the cells. It comes with the first output that needs it. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { base } from "../../../router.ts";
import { looks } from "../../../state/theme.ts";
import type { Desk } from "../../model/desk.ts";
import { FRAME } from "./sandbox.ts";

export function SandboxLayer({ desk }: { desk: Desk }) {
  const { isNeeded, round } = desk.sandbox;
  return isNeeded.value ? <Frame key={round.value} desk={desk} /> : null;
}

function Frame({ desk }: { desk: Desk }) {
  const frame = useRef<HTMLIFrameElement>(null);
  // Before the browser goes on: the frame says once that it is there, and may do so at once.
  useLayoutEffect(() => {
    const ground = frame.current?.parentElement;
    return frame.current && ground ? desk.sandbox.begin(frame.current, ground) : undefined;
  }, [desk]);
  useEffect(() => {
    desk.sandbox.look();
  }, [looks.value]);
  return (
    <iframe
      ref={frame}
      class="sandbox"
      title="Outputs with scripts"
      sandbox="allow-scripts"
      src={`${base}/${FRAME}`}
      // Reached from the outputs themselves, in their order.
      tabIndex={-1}
      allow=""
      referrerpolicy="no-referrer"
    />
  );
}
