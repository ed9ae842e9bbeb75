/** The page's few line icons, 16 × 16, drawn in the colour of the text around them. */

const PATHS = {
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14",
  close: "m4 4 8 8m0-8-8 8",
  copy: "M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8z",
  check: "m3 8.5 3.2 3L13 4.5",
  alert: "M8 2 1.8 13.2h12.4L8 2Zm0 4.2v3.4m0 1.9v.2",
  sun: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9 13 13M3 13l1.1-1.1M11.9 4.1 13 3",
  moon: "M13.5 9.6A6 6 0 0 1 6.4 2.5a6 6 0 1 0 7.1 7.1Z",
  system: "M2 3h12v8H2zM6 14h4m-2-3v3",
  menu: "M2 4h12M2 8h12M2 12h12",
  command:
    "M5.5 5.5h5v5h-5zm0 0h-2a2 2 0 1 1 2-2zm5 0h2a2 2 0 1 0-2-2zm-5 5h-2a2 2 0 1 0 2 2zm5 0h2a2 2 0 1 1-2 2z",
  download: "M8 2v8m0 0L5 7m3 3 3-3M2.5 13.5h11",
  upload: "M8 10V2m0 0L5 5m3-3 3 3M2.5 13.5h11",
  follow: "M8 2v9m0 0-3.5-3.5M8 11l3.5-3.5M3 14h10",
  back: "M10 3 5 8l5 5",
  forward: "m6 3 5 5-5 5",
  down: "m4 6 4 4 4-4",
  up: "m4 10 4-4 4 4",
  notebook: "M4 2h9v12H4zM4 2v12M2.5 5H5m-2.5 3H5m-2.5 3H5m2.5-6h3m-3 3h3",
  flow: "M2 4h4v3H2zm8-2h4v3h-4zm0 9h4v3h-4zM6 5.5c3 0 1.5-2 4-2m-4 2c3 0 1.5 7 4 7",
  data: "M8 6c3 0 5-.9 5-2s-2-2-5-2-5 .9-5 2 2 2 5 2ZM3 4v8c0 1.1 2 2 5 2s5-.9 5-2V4M3 8c0 1.1 2 2 5 2s5-.9 5-2",
  health: "M1.5 8.5h3l1.8-5 3.2 9 1.7-4h3.3",
  tag: "M2.5 2.5h5l6 6-5 5-6-6zM5.3 5.3v.1",
  resume: "M4 3v10l8-5z",
  more: "M3 8a.6.6 0 1 0 1.2 0A.6.6 0 1 0 3 8Zm4.4 0a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0Zm4.4 0A.6.6 0 1 0 13 8a.6.6 0 1 0-1.2 0Z",
  stop: "M4 4h8v8H4z",
  plus: "M8 3v10M3 8h10",
  paneLeft: "M2 3h12v10H2zM6 3v10",
  paneRight: "M2 3h12v10H2zM10 3v10",
  again: "M13 8a5 5 0 1 1-1.5-3.5M13 2v3h-3",
  link: "M6.5 9.5 9.5 6.5M7 5l2-2a2.8 2.8 0 0 1 4 4l-2 2M9 11l-2 2a2.8 2.8 0 0 1-4-4l2-2",
  compare: "M5 2v12m6-12v12M2 5l3-3 3 3m0 6 3 3 3-3",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.4"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
