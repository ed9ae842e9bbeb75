/** A way to this place for somebody else: the address here, or the command that opens the same
 * from the same store in their own `flownote ui`. */
import { copy } from "../../parts/copy.tsx";
import { Icon } from "../../parts/icon.tsx";
import { MenuButton } from "../../parts/menu.tsx";
import { href } from "../../router.ts";
import { me } from "../../state/me.ts";
import { tell } from "../../state/toasts.ts";

interface Props {
  /** `Flow/run/step/task/artifact`, or a notebook's path. */
  pathspec: string;
  /** Its address in the page. */
  address: string;
}

/** The command that opens a place of a store wherever that store is reached. */
export function openCommand(pathspec: string, store: string | undefined): string {
  const word = (text: string) =>
    /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`;
  return ["flownote ui", store ? `--store ${word(store)}` : "", word(pathspec)]
    .filter(Boolean)
    .join(" ");
}

export function CopyLink({ pathspec, address }: Props) {
  const take = async (text: string, what: string) => {
    if (await copy(text, what)) tell(`Copied ${what}`);
  };
  return (
    <MenuButton
      class="btn quiet icon small"
      label="Copy a link"
      title="Copy a link"
      items={() => [
        {
          id: "command",
          title: (
            <>
              Command for a colleague <span class="dim">opens it in their own flownote ui</span>
            </>
          ),
          run: () => void take(openCommand(pathspec, me.value?.store), "the command"),
        },
        {
          id: "address",
          title: (
            <>
              Address of this page <span class="dim">for who is logged in to this server</span>
            </>
          ),
          run: () => void take(location.origin + href(address), "the address"),
        },
      ]}
    >
      <Icon name="link" size={13} />
    </MenuButton>
  );
}
