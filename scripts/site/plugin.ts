import { readFileSync } from 'node:fs';
import {
  CommentTag,
  Converter,
  DeclarationReflection,
  MinimalSourceFile,
  PageEvent,
  type Application,
  type Comment,
  type Context,
  type NormalizedPath,
} from 'typedoc';

const REPOSITORY = 'https://github.com/guided-saliency/guided-saliency';
/** What leads to the playground's source in the repository leads to the page itself on the site. */
const PLAYGROUND = `${REPOSITORY}/tree/main/examples/playground`;

/** What the site has otherwise than typedoc left alone. */
export function sitePlugin(app: Application): void {
  // behind typedoc's own, which reads the README
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context: Context) => readAgain(app, context), -100);
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }: Context) => {
    for (const reflection of Object.values(project.reflections)) {
      if (reflection.comment !== undefined) exampleFirst(reflection.comment);
      if (reflection instanceof DeclarationReflection) parametersTogether(reflection);
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

/** The example and its picture right below what the function is, before what it throws. */
function exampleFirst(comment: Comment): void {
  const isExample = ({ tag }: CommentTag) => tag === '@example';
  comment.blockTags = [
    ...comment.blockTags.filter(isExample),
    ...comment.blockTags.filter((tag) => !isExample(tag)),
  ];
}

/** Of a method, whose type has the signatures: what the comment says of the parameters, under one heading. */
function parametersTogether({ comment, signatures }: DeclarationReflection): void {
  const described = comment?.getTags('@param') ?? [];
  if (comment === undefined || signatures === undefined || described.length === 0) return;
  const together = new CommentTag('@parameters', []);
  for (const { name = '', content } of described) {
    together.content.push({ kind: 'text', text: `\n- \`${name}\`: ` }, ...content);
  }
  const isBefore = ({ tag }: CommentTag) => tag === '@example';
  comment.blockTags = [
    ...comment.blockTags.filter(isBefore),
    together,
    ...comment.blockTags.filter((tag) => !isBefore(tag) && tag.tag !== '@param'),
  ];
}
