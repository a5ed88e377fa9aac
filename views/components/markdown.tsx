import MarkdownIt, { type Token } from "markdown-it";
import type { Child, Html } from "../jsx/jsx-runtime.ts";
import { visible } from "./visible.ts";

/** A longer text is shown as it is: to read its structure would take too long. */
const mostRead = 16 * 1024;

// A line break is kept, as people write messages; only an address that is written out becomes a link.
const reader = new MarkdownIt({ html: false, linkify: true, breaks: true });
reader.linkify.set({ fuzzyLink: false, fuzzyEmail: false });

/**
 * A text that a person or an agent wrote as Markdown. Markup in it stays text, and pictures become links: every element
 * is made here, from the reader's tokens, and what stands in it is escaped like all other text.
 */
export function Markdown({ text }: { text: string }): Html {
  if (text.length > mostRead) return <pre class="source wraps">{visible(text)}</pre>;
  return <div class="md">{renderTokens(reader.parse(text, {}))}</div>;
}

interface OpenedToken {
  token: Token;
  /** What stands around it. */
  around: Child[];
}

function renderTokens(tokens: readonly Token[]): Child[] {
  const opened: OpenedToken[] = [];
  let children: Child[] = [];
  for (const token of tokens) {
    if (token.nesting === 1) {
      opened.push({ token, around: children });
      children = [];
      continue;
    }
    const last = token.nesting === -1 ? opened.pop() : undefined;
    if (!last) {
      children.push(leaf(token));
      continue;
    }
    last.around.push(element(last.token, children));
    children = last.around;
  }
  return children;
}

function element(token: Token, children: Child[]): Child {
  switch (token.type) {
    case "paragraph_open":
      return token.hidden ? children : <p>{children}</p>;
    case "heading_open":
      // Not a heading of the page, whose outline is its own.
      return (
        <p>
          <strong>{children}</strong>
        </p>
      );
    case "bullet_list_open":
      return <ul>{children}</ul>;
    case "ordered_list_open":
      return <ol start={token.attrGet("start")}>{children}</ol>;
    case "list_item_open":
      return <li>{children}</li>;
    case "blockquote_open":
      return <blockquote>{children}</blockquote>;
    case "em_open":
      return <em>{children}</em>;
    case "strong_open":
      return <strong>{children}</strong>;
    case "s_open":
      return <del>{children}</del>;
    case "link_open":
      return <Link address={token.attrGet("href")}>{children}</Link>;
    default:
      return tablePart(token, children);
  }
}

function tablePart({ type }: Token, children: Child[]): Child {
  switch (type) {
    case "table_open":
      return (
        <div class="md-table" tabindex="0">
          <table class="wf">{children}</table>
        </div>
      );
    case "thead_open":
      return <thead>{children}</thead>;
    case "tbody_open":
      return <tbody>{children}</tbody>;
    case "tr_open":
      return <tr>{children}</tr>;
    case "th_open":
      return <th scope="col">{children}</th>;
    case "td_open":
      return <td>{children}</td>;
    default:
      return children;
  }
}

function leaf(token: Token): Child {
  switch (token.type) {
    case "inline":
      return renderTokens(token.children ?? []);
    case "softbreak":
    case "hardbreak":
      return <br />;
    case "hr":
      return <hr />;
    case "code_inline":
      return <code>{visible(token.content)}</code>;
    case "fence":
    case "code_block":
      return <pre class="source wraps">{visible(token.content.replace(/\n$/, ""))}</pre>;
    case "image":
      return <Link address={token.attrGet("src")}>{visible(token.content)}</Link>;
    default:
      return visible(token.content);
  }
}

/** Only to the web, and nobody there learns where the reader came from. */
function Link({ address, children }: { address: string | null; children?: Child }): Html {
  if (address === null || !/^https?:\/\//i.test(address)) return <>{children}</>;
  return (
    <a href={address} rel="noopener noreferrer" target="_blank">
      {children}
    </a>
  );
}
