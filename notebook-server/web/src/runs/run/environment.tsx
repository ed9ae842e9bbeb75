/** What a run was run with: parameters, what it ended with, Python, packages, git. */
import { useSignal } from "@preact/signals";
import type { RunDetail } from "../../api/types.ts";
import { metric, number, shortDigest, value } from "../../format/format.ts";
import { Search } from "../../parts/search.tsx";
import { Tree } from "../../parts/tree.tsx";

type Json = Record<string, unknown>;

function isObject(given: unknown): given is Json {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

/** The environment's plain facts, those that people ask for first: Python, lock, git. */
export function facts(environment: unknown): [string, unknown][] {
  if (!isObject(environment)) return [];
  const found: [string, unknown][] = [];
  for (const [name, given] of Object.entries(environment)) {
    if (name === "git" && isObject(given)) {
      const commit = String(given.commit ?? "");
      found.push(["git", `${commit.slice(0, 7)}${given.dirty ? " + changes" : ""}`]);
    } else if (isObject(given) || Array.isArray(given) || given === null) {
      // Long lists have a place of their own below.
    } else {
      found.push([name, /digest|lock/.test(name) ? shortDigest(String(given)) : given]);
    }
  }
  const first = ["python", "git", "lock", "platform", "machine"];
  const rank = (name: string) => {
    const place = first.indexOf(name);
    return place < 0 ? first.length : place;
  };
  return found.sort(([one], [other]) => rank(one) - rank(other));
}

/** Installed packages, however they were recorded. */
export function packages(environment: unknown): [string, string][] {
  if (!isObject(environment)) return [];
  const given = environment.distributions ?? environment.packages;
  if (isObject(given))
    return Object.entries(given).map(([name, version]) => [name, String(version)]);
  if (!Array.isArray(given)) return [];
  return given.map((one) => {
    if (Array.isArray(one)) return [String(one[0]), String(one[1] ?? "")];
    if (isObject(one)) return [String(one.name ?? ""), String(one.version ?? "")];
    const [name = "", version = ""] = String(one).split("==");
    return [name, version];
  });
}

export function Environment({ detail }: { detail: RunDetail }) {
  const rest = isObject(detail.environment)
    ? Object.fromEntries(
        Object.entries(detail.environment).filter(
          ([name, given]) =>
            (isObject(given) || Array.isArray(given)) &&
            !["git", "distributions", "packages"].includes(name),
        ),
      )
    : {};
  return (
    <div class="columns">
      <Facts
        title="Parameters"
        entries={Object.entries(detail.row.parameters)}
        none="The flow has no parameters."
      />
      <Facts
        title="Metrics"
        entries={Object.entries(detail.metrics).map(([name, given]) => [name, metric(given)])}
        none="It ended with no small values."
      />
      <Facts title="Environment" entries={facts(detail.environment)} none="Nothing was recorded." />
      <Facts
        title="System tags"
        entries={detail.row.system_tags.map((tag) => {
          const [name = tag, ...given] = tag.split(":");
          return [name, given.join(":")];
        })}
        none="There are none."
      />
      {Object.keys(rest).length > 0 && (
        <section>
          <h2 class="heading">More</h2>
          <Tree value={rest} />
        </section>
      )}
      <Packages list={packages(detail.environment)} />
    </div>
  );
}

interface FactsProps {
  title: string;
  entries: [string, unknown][];
  none: string;
}

function Facts({ title, entries, none }: FactsProps) {
  return (
    <section aria-label={title}>
      <h2 class="heading">{title}</h2>
      {entries.length === 0 && <p class="dim">{none}</p>}
      <dl class="facts">
        {entries.map(([name, given]) => (
          <>
            <dt key={name}>{name}</dt>
            <dd>{value(given, 2000)}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}

function Packages({ list }: { list: [string, string][] }) {
  const typed = useSignal("");
  if (list.length === 0) return null;
  const wanted = typed.value.toLowerCase();
  const shown = list.filter(([name]) => name.toLowerCase().includes(wanted));
  return (
    <section aria-label="Packages">
      <h2 class="heading">Packages ({number(list.length)})</h2>
      <Search label="Search packages" text={typed} />
      <div class="packages" tabIndex={0} role="region" aria-label="List of packages">
        <dl class="facts">
          {shown.map(([name, version]) => (
            <>
              <dt key={name}>{name}</dt>
              <dd>{version}</dd>
            </>
          ))}
        </dl>
      </div>
      {shown.length === 0 && <p class="dim">No package is called that.</p>}
    </section>
  );
}
