import { Icon } from "../components/icon.tsx";
import { spriteFor } from "../components/sprite.ts";
import { render, type Child, type Html } from "../jsx/jsx-runtime.ts";
import { BottomBar } from "./bottom-bar.tsx";
import { HelpDialog, PaletteDialog, RunDialog } from "./dialogs.tsx";
import type { Crumb, Frame, PageFacts } from "./frame.ts";
import { Sidebar } from "./sidebar.tsx";
import { Toasts } from "./toasts.tsx";

const styles = [
  "tokens",
  "base",
  "shell",
  "components",
  "forms",
  "gates",
  "library",
  "execution",
  "log",
].concat(["transcript", "changes", "graph", "pages", "phone", "utilities"]);
const scripts = [
  "keyboard",
  "dialogs",
  "clock",
  "live",
  // Before the log, which keeps the reader's place among what this one has put in order.
  "transcript",
  "log",
  "palette",
  "forms",
  "focus",
  "gates",
  "run-dialog",
  "theme",
];
/** These bring their dialogs to life, which are not there while workflows are switched off. */
const workflowScripts: readonly string[] = ["palette", "run-dialog"];

interface PageProps {
  frame: Frame;
  facts: PageFacts;
  /** Buttons of the page's head. */
  actions?: Child;
  children?: Child;
}

/** The whole document as text. */
export function page(props: PageProps): string {
  const body = <Body {...props} />;
  return `<!doctype html>${render(<Document {...props} body={body} />)}`;
}

function Document({ frame, facts, body }: PageProps & { body: Html }): Html {
  return (
    <html
      lang="en"
      data-theme={frame.theme}
      data-keys={frame.singleKeys ? "on" : "off"}
      class={facts.section === null ? "bare" : null}
    >
      <Head frame={frame} facts={facts} />
      <body>
        {spriteFor(render(body), facts.hasAllIcons)}
        {body}
      </body>
    </html>
  );
}

function Body({ frame, facts, actions, children }: PageProps): Html {
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      {(facts.skips ?? []).map(({ name, path }) => (
        <a class="skip" href={path}>
          {name}
        </a>
      ))}
      <div class="app">
        <Sidebar frame={frame} section={facts.section} />
        <div class="main">
          <Top facts={facts} actions={actions} />
          <TroubleNotice frame={frame} />
          {children}
        </div>
        <BottomBar frame={frame} section={facts.section} />
      </div>
      <Toasts toast={frame.toast} />
      <div class="vh" role="status" aria-live="polite" id="say"></div>
      {frame.hasWorkflows ? <PaletteDialog /> : null}
      <HelpDialog />
      {facts.hasRunForm || !frame.hasWorkflows ? null : <RunDialog />}
      <Stream frame={frame} facts={facts} />
    </>
  );
}

/** On every page, because nothing that is done on any of them is stored meanwhile. */
function TroubleNotice({ frame }: { frame: Frame }): Html {
  const { trouble } = frame.engine;
  if (trouble === null) return <></>;
  const text = trouble.message;
  return (
    <div class="notice failed trouble" role="alert">
      <Icon name="triangle-alert" />
      <p>{text.charAt(0).toUpperCase() + text.slice(1)}.</p>
    </div>
  );
}

function Head({ frame, facts }: { frame: Frame; facts: PageFacts }): Html {
  const { asset } = frame;
  const icon = facts.icon === undefined ? "mark" : `mark-${facts.icon}`;
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover" />
      <meta name="color-scheme" content="light dark" />
      <meta name="htmx-config" content={htmxConfig} />
      <title>{`${facts.documentTitle ?? facts.title} · skillmeat`}</title>
      <link
        rel="icon"
        id="favicon"
        type="image/svg+xml"
        data-icons={asset("icons/mark.svg")}
        href={asset(`icons/${icon}.svg`)}
      />
      <link rel="preload" href={asset("fonts/inter.woff2")} as="font" type="font/woff2" crossorigin />
      {[...styles, ...(facts.extra?.styles ?? [])].map((name) => (
        <link rel="stylesheet" href={asset(`css/${name}.css`)} />
      ))}
      {scriptsFor(frame).map((name) => (
        <script type="module" src={asset(`js/${name}.js`)}></script>
      ))}
      {/* After ours, which hear what its stream says from the first word on; they run in this order. */}
      <script defer src={asset("js/htmx.min.js")}></script>
      {(facts.extra?.scripts ?? []).map((name) => (
        <script type="module" src={asset(`js/${name}.js`)}></script>
      ))}
    </head>
  );
}

function scriptsFor({ hasWorkflows }: Frame): string[] {
  return hasWorkflows ? scripts : scripts.filter((name) => !workflowScripts.includes(name));
}

// `open`: a morph would freeze a dialog that is open. A stream that fails is tried again every few seconds at most.
// A delay to settle would have new elements take over the inline styles of old ones, which the browser refuses.
const htmxConfig = JSON.stringify({
  includeIndicatorCSS: false,
  defaultSettleDelay: 0,
  morphIgnore: ["data-htmx-powered", "open", "data-live-since"],
  noSwap: [204, 304],
  sse: { reconnectMaxDelay: 4000, pauseOnBackground: false },
});

/** On a phone the way back and the title take the place of the breadcrumb. */
function Top({ facts, actions }: { facts: PageFacts; actions: Child }): Html {
  const crumbs = facts.crumbs ?? [];
  const up = crumbs.at(-1);
  return (
    <header class="top">
      {up ? (
        <a class="btn ghost icon back phone" href={up.path} aria-label={`Back to ${up.name}`}>
          <Icon name="arrow-left" />
        </a>
      ) : null}
      {crumbs.length === 0 ? <h1>{facts.title}</h1> : <Breadcrumb crumbs={crumbs} title={facts.title} />}
      <div class="end">{actions}</div>
    </header>
  );
}

function Breadcrumb({ crumbs, title }: { crumbs: readonly Crumb[]; title: string }): Html {
  return (
    <nav class="crumb" aria-label="Breadcrumb">
      {crumbs.map(({ name, path }) => (
        <>
          <a href={path}>{name}</a>
          <Icon name="chevron-right" size="xs" />
        </>
      ))}
      <span aria-current="page">{title}</span>
    </nav>
  );
}

/** The page's one stream: six connections to a host are all that a browser has. */
function Stream({ frame, facts }: { frame: Frame; facts: PageFacts }): Html {
  if (facts.hasOwnStream || !frame.hasWorkflows) return <></>;
  const url = `/live?after=${frame.lastEvent}&section=${facts.section}`;
  return <div id="stream" hidden hx-sse:connect={url} hx-sse:close="ended" hx-swap="none"></div>;
}
