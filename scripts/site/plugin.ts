import { readFileSync } from 'node:fs';
import {
  CommentTag,
  Converter,
  DeclarationReflection,
  MinimalSourceFile,
  PageEvent,
  type Application,
  type CommentDisplayPart,
  type Context,
  type NormalizedPath,
} from 'typedoc';

const REPOSITORY = 'https://github.com/guided-saliency/guided-saliency';
/** What leads to the playground's source in the repository leads to the page itself on the site. */
const PLAYGROUND = `${REPOSITORY}/tree/main/examples/playground`;

/** What we need of markdown-it, which typedoc brings. */
export interface Markdown {
  readonly core: { readonly ruler: { push(name: string, rule: (state: { tokens: Token[] }) => void): void } };
}

interface Token {
  readonly type: string;
  readonly content: string;
  children: Token[] | null;
}

/** Has typedoc, which takes the name and address of a heading from its text, find the text in code, too. */
export function readCode(parser: Markdown): void {
  parser.core.ruler.push('code as text', ({ tokens }) => {
    const code = tokens
      .flatMap(({ children }) => children ?? [])
      .filter(({ type }) => type === 'code_inline');
    for (const token of code) token.children = [{ type: 'text', content: token.content, children: null }];
  });
}

/** What the site has otherwise than typedoc left alone. */
export function sitePlugin(app: Application): void {
  // behind typedoc's own, which reads the README
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context: Context) => readAgain(app, context), -100);
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }: Context) => {
    for (const reflection of Object.values(project.reflections)) {
      if (reflection instanceof DeclarationReflection) arrange(reflection);
    }
  });
  app.renderer.on(PageEvent.END, (page: PageEvent) => {
    const up = '../'.repeat(page.url.split('/').length - 1);
    page.contents = (page.contents ?? '').replaceAll(
      `href="${PLAYGROUND}"`,
      `href="${up}playground/index.html"`,
    );
  });
}

/**
 * The README once more, with its links and pictures as those of files here: on the page of the package they
 * must be whole addresses, on the site they stay in the site.
 */
function readAgain(app: Application, { project }: Context): void {
  const path = app.options.getValue('readme') as NormalizedPath;
  const text = readFileSync(path, 'utf8')
    .replaceAll('https://raw.githubusercontent.com/guided-saliency/guided-saliency/main/', '')
    .replaceAll(`${REPOSITORY}/blob/main/docs/`, 'docs/');
  const { content } = app.converter.parseRawComment(new MinimalSourceFile(text, path), project.files);
  project.readme = content;
}

/**
 * What is said of a function, in the order of a page: what it is, its example and picture, its parameters,
 * what it returns and throws. Where it has several signatures, what all of them say is said once.
 */
function arrange(reflection: DeclarationReflection): void {
  const { signatures = [] } = reflection;
  if (signatures.length > 1 && reflection.comment === undefined) sayOnce(reflection);
  for (const { comment } of [reflection, ...signatures]) {
    if (comment === undefined) continue;
    const all = (tag: string) => comment.blockTags.filter((block) => block.tag === tag);
    const sorted = [
      ...all('@example'),
      ...listed('@param', '@parameters'),
      ...all('@returns'),
      ...listed('@throws'),
    ];
    const others = comment.blockTags.filter(({ tag }) => !SORTED.has(tag));
    comment.blockTags = [...sorted, ...others];

    /** Several blocks of a kind as one list. */
    function listed(tag: `@${string}`, heading = tag): CommentTag[] {
      const blocks = all(tag);
      if (blocks.length === 0 || (blocks.length === 1 && heading === tag)) return blocks;
      const items = blocks.flatMap(({ name, content }): CommentDisplayPart[] => {
        const start = name === undefined ? '\n- ' : `\n- \`${name}\`: `;
        return [{ kind: 'text', text: start }, ...content];
      });
      return [new CommentTag(heading, items)];
    }
  }
}

const SORTED = new Set(['@example', '@param', '@returns', '@throws']);

/** The comment that all signatures have, in front of them. */
function sayOnce(reflection: DeclarationReflection): void {
  const { signatures = [] } = reflection;
  const [comment, ...others] = signatures.map((signature) => signature.comment);
  if (comment === undefined || !others.every((other) => other?.similarTo(comment))) return;
  const described = signatures.flatMap(({ parameters = [] }) => parameters);
  for (const { name, comment: text } of described) {
    if (text === undefined || comment.blockTags.some((tag) => tag.name === name)) continue;
    const tag = new CommentTag('@param', text.summary);
    tag.name = name;
    comment.blockTags.push(tag);
  }
  reflection.comment = comment;
  for (const part of [...signatures, ...described]) delete part.comment;
}
