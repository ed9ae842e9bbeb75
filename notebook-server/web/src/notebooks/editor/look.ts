/** The editor's look, from the page's tokens: light and dark come by themselves. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--run)" },
  { tag: [tags.string, tags.special(tags.string), tags.character], color: "var(--fresh)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--sql)" },
  { tag: tags.comment, color: "var(--faint)" },
  {
    tag: [
      tags.function(tags.definition(tags.variableName)),
      tags.definition(tags.className),
      tags.meta,
      tags.macroName,
      tags.typeName,
      tags.standard(tags.name),
    ],
    color: "var(--py)",
  },
  { tag: tags.heading, fontWeight: "650" },
  { tag: tags.strong, fontWeight: "650" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.link, color: "var(--accent)" },
  { tag: tags.monospace, color: "var(--fresh)" },
  { tag: tags.invalid, color: "var(--fail)" },
]);

const theme = EditorView.theme({
  "&": { fontSize: "13px", backgroundColor: "transparent", color: "var(--ink)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", fontVariantLigatures: "none" },
  ".cm-content": { padding: "9px 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 14px" },
  ".cm-cursor, .cm-dropCursor": { borderLeft: "2px solid var(--accent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { backgroundColor: "color-mix(in srgb, var(--accent) 20%, transparent)" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--faint)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 2px 0 10px", minWidth: "30px" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink)" },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--accent-soft)",
    outline: "1px solid color-mix(in srgb, var(--accent) 35%, transparent)",
  },
  ".cm-selectionMatch": { backgroundColor: "color-mix(in srgb, var(--stale) 18%, transparent)" },
  ".cm-searchMatch": { backgroundColor: "color-mix(in srgb, var(--stale) 16%, transparent)" },
  // What is shown stands out from all others, whatever colours its text has.
  ".cm-searchMatch-selected": {
    backgroundColor: "color-mix(in srgb, var(--stale) 34%, transparent)",
    outline: "1px solid var(--stale)",
  },
  ".cm-searchMatch-selected, .cm-searchMatch-selected *": { color: "var(--ink) !important" },
  ".cm-placeholder": { color: "var(--faint)" },
  ".cm-line.cm-failed": {
    backgroundColor: "var(--fail-soft)",
    boxShadow: "inset 3px 0 var(--fail)",
  },
  ".cm-tooltip": {
    border: "1px solid var(--line)",
    borderRadius: "var(--radius)",
    backgroundColor: "var(--card)",
    color: "var(--ink)",
    boxShadow: "var(--shadow)",
    overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "12.5px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 8px", lineHeight: "1.45" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--accent-soft)",
    color: "var(--ink)",
  },
  ".cm-completionDetail": { color: "var(--faint)", fontStyle: "normal", marginLeft: "10px" },
  ".cm-completionMatchedText": {
    textDecoration: "none",
    fontWeight: "700",
    color: "var(--accent)",
  },
  ".cm-panels": { backgroundColor: "var(--panel)", color: "var(--ink)", border: "none" },
  ".cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "6px 12px", fontFamily: "var(--font)" },
  ".cm-panel input, .cm-panel button": { fontFamily: "var(--font)", fontSize: "12px" },
  ".cm-textfield": {
    backgroundColor: "var(--card)",
    border: "1px solid var(--line)",
    borderRadius: "4px",
    color: "var(--ink)",
  },
  ".cm-button": {
    backgroundImage: "none",
    backgroundColor: "var(--card)",
    border: "1px solid var(--line)",
    borderRadius: "4px",
  },
});

export const look = [theme, syntaxHighlighting(colours)];
