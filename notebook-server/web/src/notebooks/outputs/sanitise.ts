/**
 * HTML and SVG of others, without what could act: no scripts, no forms, no frames, nothing
 * that is fetched from elsewhere (the page's policy refuses that as well). Rule 23.
 */
import DOMPurify from "dompurify";

const FORBIDDEN = [
  "form",
  "input",
  "button",
  "textarea",
  "select",
  "option",
  "dialog",
  "iframe",
  "frame",
  "object",
  "embed",
  "portal",
  "link",
  "meta",
  "base",
  "template",
  "slot",
];

let ready = false;

function prepare(): void {
  if (ready) return;
  ready = true;
  DOMPurify.addHook("afterSanitizeAttributes", (node) => {
    if (node.tagName !== "A" && node.tagName !== "a") return;
    const to = node.getAttribute("href") ?? "";
    // A link in an output leads away from the notebook, never into the page's own routes.
    if (to.startsWith("#")) return;
    node.setAttribute("target", "_blank");
    node.setAttribute("rel", "noopener noreferrer nofollow");
  });
}

interface Kinds {
  /** `<style>` and `style=`: only inside of a shadow root, where they reach nothing else. */
  styles?: boolean;
}

export function cleanHtml(html: string, { styles = false }: Kinds = {}): string {
  prepare();
  return DOMPurify.sanitize(html, {
    USE_PROFILES: { html: true, svg: true, mathMl: true },
    FORBID_TAGS: styles ? FORBIDDEN : [...FORBIDDEN, "style"],
    FORBID_ATTR: ["ping", "formaction", "popovertarget", "popover", "autofocus"],
    ADD_ATTR: ["target"],
    ALLOW_DATA_ATTR: false,
    // Texts of `<style>` at the beginning survive only so.
    FORCE_BODY: styles,
    SANITIZE_NAMED_PROPS: true,
  });
}

export function cleanSvg(svg: string): string {
  prepare();
  return DOMPurify.sanitize(svg, {
    USE_PROFILES: { svg: true, svgFilters: true },
    FORBID_TAGS: FORBIDDEN,
    ALLOW_DATA_ATTR: false,
  });
}

/** In place of the `on` of handlers. */
const HANDLER = "data-flownote-on-";

/** Whether something in it only works, or only shows, with scripts. */
export function hasScript(html: string): boolean {
  // Most HTML is a table: it isn't worth a parser.
  if (!/<script|<iframe|\son[a-z]+\s*=|javascript:/i.test(html)) return false;
  // Chromium tells the console of handlers in documents that nobody sees, as if they ran.
  const renamed = html.replace(/(\s)on([a-z]+\s*=)/gi, `$1${HANDLER}$2`);
  const inert = new DOMParser().parseFromString(renamed, "text/html");
  if (inert.querySelector("script, iframe[srcdoc], [href^='javascript:' i]")) return true;
  return [...inert.querySelectorAll("*")].some((element) =>
    element.getAttributeNames().some((name) => name.startsWith(HANDLER)),
  );
}

/** What is left to see of it when the scripts are gone. */
export function isBlank(clean: string): boolean {
  if (/<(img|svg|table|math|hr|video|audio|canvas)[\s>]/i.test(clean)) return false;
  return clean.replace(/<style[\s\S]*?<\/style>/gi, "").replace(/<[^>]*>|&nbsp;|\s/g, "") === "";
}
