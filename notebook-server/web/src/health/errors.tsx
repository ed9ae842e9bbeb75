/** Why the latest runs failed, each with what to do. */
import type { RecentError } from "../api/types.ts";
import { shortRun } from "../format/format.ts";
import { Ago } from "../parts/time.tsx";
import { Words } from "../parts/words.tsx";
import { href, to } from "../router.ts";

export function Errors({ errors }: { errors: RecentError[] }) {
  return (
    <section class="card whole" aria-label="Errors lately">
      <h2 class="heading">Errors lately</h2>
      {errors.length === 0 && <p class="dim">No run failed lately.</p>}
      <ul class="errors">
        {errors.map(({ pathspec, label, user, at, error }) => {
          const [flow = "", run = ""] = pathspec.split("/");
          return (
            <li key={pathspec}>
              <div class="line wrap">
                <a class="plain" href={href(to("runs", ...pathspec.split("/")))}>
                  <b>{label}</b>{" "}
                  <span class="dim">
                    {flow} <span class="mono">{shortRun(run)}</span>
                  </span>
                </a>
                <span class="grow" />
                <span class="faint">
                  {user}, <Ago time={at} />
                </span>
              </div>
              <p class="message">
                <code>
                  {error.name}: {error.message}
                </code>
              </p>
              {error.hint && (
                <p class="dim">
                  <b>hint:</b> <Words text={error.hint} />
                </p>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
