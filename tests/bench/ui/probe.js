/**
 * Runs in the page that is measured, before its own scripts: says when something was painted.
 * Times are milliseconds since the navigation began; only `__bench` is added to the page.
 */
(() => {
  const bench = { frames: [], long: [], keys: [] };
  window.__bench = bench;

  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) bench.long.push([startTime, duration]);
  }).observe({ type: "longtask", buffered: true });

  /** So many, one behind the other, belong to a frame. */
  const MICROTASKS = 20;

  /** Calls back as soon as the frame that is being made is. */
  const afterFrame = (then) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = then;
    channel.port2.postMessage(0);
  };

  // Whether a frame is being made: what a page changes while it makes one is seen with it.
  let inFrame = false;
  const request = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (step) =>
    request((at) => {
      inFrame = true;
      try {
        step(at);
      } finally {
        leave(MICROTASKS);
      }
    });
  /** Frames end with what their steps left to do at once: pages draw in microtasks. */
  const leave = (left) =>
    queueMicrotask(() => {
      if (left > 0) leave(left - 1);
      else inFrame = false;
    });

  /** When what was just changed is on the screen. */
  const painted = () =>
    new Promise((done) => {
      const then = () => afterFrame(() => done(performance.now()));
      if (inFrame) then();
      else request(then);
    });

  const isSeen = (element) => {
    const { top, bottom, width, height } = element.getBoundingClientRect();
    return width > 0 && height > 0 && bottom > 0 && top < innerHeight;
  };

  /** The first element of the selector with the text that is within the window. */
  bench.find = (selector, text) => {
    for (const one of document.querySelectorAll(selector)) {
      if (one.textContent.includes(text) && isSeen(one)) return one;
    }
    return null;
  };

  /** The text itself, if it stands in one piece; else the element. */
  const placeOf = (element, text) => {
    const nodes = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
      const from = node.data.indexOf(text);
      if (from < 0) continue;
      const range = document.createRange();
      range.setStart(node, from);
      range.setEnd(node, from + text.length);
      return range;
    }
    return element;
  };

  /** Where it is, once it is painted. */
  bench.seen = async (selector, text) => {
    let found = bench.find(selector, text);
    while (!found) {
      await new Promise(requestAnimationFrame);
      found = bench.find(selector, text);
    }
    const at = await painted();
    const { x, y, width, height } = placeOf(found, text).getBoundingClientRect();
    return { at, x: x + width / 2, y: y + height / 2 };
  };

  // A key's own time is when the browser was told of it, before any script ran.
  let pressed = [];
  addEventListener("keydown", (event) => pressed.push(event.timeStamp), { capture: true });

  /** Notes for each character that is typed in an element how long it took to be painted. */
  bench.watchTyping = (element) => {
    let length = element.textContent.length;
    pressed = [];
    new MutationObserver(() => {
      const more = element.textContent.length - length;
      length += more;
      const keys = pressed.splice(0, Math.max(0, more));
      if (keys.length > 0) {
        void painted().then((at) => bench.keys.push(...keys.map((key) => at - key)));
      }
    }).observe(element, { subtree: true, childList: true, characterData: true });
  };

  /**
   * Milliseconds from the next key to the painted text, in an output of the cell with the focus.
   * A page may take cells away that are out of sight: so they aren't counted.
   */
  bench.shown = ({ cells, output }, text) => {
    pressed = [];
    const cell = [...document.querySelectorAll(cells)].find((one) =>
      one.contains(document.activeElement),
    );
    const outputs = () => [...(cell?.querySelectorAll(output) ?? [])];
    // Asked for once the key was pressed: whoever presses knows that it is watched for.
    bench.result = new Promise((done) => {
      const look = () => {
        if (pressed.length === 0 || !outputs().some((one) => one.textContent.includes(text))) return;
        observer.disconnect();
        const [key] = pressed;
        void painted().then((at) => done(at - key));
      };
      const observer = new MutationObserver(look);
      observer.observe(document, { subtree: true, childList: true, characterData: true });
    });
  };

  /** Notes the frames until it is called again, which gives them back. */
  bench.record = () => {
    if (bench.recording) {
      bench.recording = false;
      return bench.frames;
    }
    bench.recording = true;
    bench.frames = [];
    const step = (at) => {
      bench.frames.push(at);
      if (bench.recording) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
    return null;
  };
})();
