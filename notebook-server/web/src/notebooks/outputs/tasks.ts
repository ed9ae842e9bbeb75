/** `- [ ]` and `- [x]` in Markdown: boxes, as GitHub has them, that nobody ticks here. */
import type MarkdownIt from "markdown-it";

type Parser = InstanceType<typeof MarkdownIt>;

export function tasks(parser: Parser): void {
  parser.core.ruler.after("inline", "tasks", (state) => {
    state.tokens.forEach((token, at) => {
      const [item, paragraph] = [state.tokens[at - 2], state.tokens[at - 1]];
      const first = token.children?.[0];
      if (item?.type !== "list_item_open" || paragraph?.type !== "paragraph_open") return;
      const found = first?.type === "text" && /^\[([ xX])\]\s+/.exec(first.content);
      if (!found) return;
      const isDone = found[1] !== " ";
      first.content = first.content.slice(found[0].length);
      item.attrJoin("class", "task-item");
      const box = new state.Token("html_inline", "", 0);
      box.content = isDone
        ? '<span class="task" role="img" aria-label="done">✓</span>'
        : '<span class="task" role="img" aria-label="to do"></span>';
      token.children?.unshift(box);
    });
  });
}
