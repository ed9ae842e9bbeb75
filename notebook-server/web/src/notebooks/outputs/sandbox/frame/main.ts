/**
 * The program of the sandbox: a page without an origin, without a network, in a frame of the
 * notebook's page. It draws what needs scripts, where the page says, and talks to it alone.
 */
import { fromPage, type ToFrame, type ToPage } from "../words.ts";
import { Items } from "./items.ts";
import { Widgets } from "./widgets.ts";

let port: MessagePort | null = null;
const tell = (word: ToPage): void => port?.postMessage(word);

const widgets = new Widgets(tell);
const items = new Items(tell, widgets);

function heard(word: ToFrame): void {
  switch (word.say) {
    case "look": {
      const { style } = document.documentElement;
      style.colorScheme = word.scheme;
      for (const [name, value] of Object.entries(word.tokens)) style.setProperty(name, value);
      break;
    }
    case "show":
      items.show(word.key, word.label, word.content);
      break;
    case "drop":
      items.drop(word.key);
      break;
    case "place":
      items.place(word.places);
      break;
    case "enter":
      items.enter(word.key);
      break;
    case "draw":
      void items.draw(word.key);
      break;
    case "model":
      widgets.model(word.id, word.state);
      break;
    case "update":
      widgets.changed(word.id, word.state);
      break;
    case "custom":
      widgets.said(word.id, word.content, word.buffers);
      break;
    case "closed":
      widgets.closed(word.id);
      break;
  }
}

// The page answers with a port of which the scripts that come later know nothing.
addEventListener("message", function greeted(event) {
  const [given] = event.ports;
  if (event.source !== parent || event.data !== "flownote-page" || !given || port) return;
  removeEventListener("message", greeted);
  port = given;
  port.onmessage = (message) => {
    const word = fromPage(message.data);
    if (word) heard(word);
  };
});
parent.postMessage("flownote-sandbox", "*");
