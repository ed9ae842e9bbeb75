/** A time as people say it, with the exact one at hand. */
import { ago, moment } from "../format/format.ts";
import { now } from "./now.ts";

export function Ago({ time }: { time: string | null }) {
  if (!time) return null;
  return (
    <time dateTime={time} title={moment(time)}>
      {ago(time, now.value)}
    </time>
  );
}
