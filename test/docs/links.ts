import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const REPOSITORY = 'https://github.com/guided-saliency/guided-saliency/';
const RAW = 'https://raw.githubusercontent.com/guided-saliency/guided-saliency/main/';

/** The links and pictures of built pages that lead to no file of the site, or to no place on its page. */
export function brokenLinks(folder: string, pages: readonly string[]): string[] {
  const ids = new Map<string, Set<string>>();
  const idsOf = (page: string) => {
    if (!ids.has(page)) ids.set(page, new Set(every(/\sid="([^"]+)"/g, read(join(folder, page)))));
    return ids.get(page)!;
  };
  return pages.flatMap((page) => {
    const links = new Set(every(/\s(?:href|src)="([^"]*)"/g, read(join(folder, page))));
    return [...links].flatMap((link) => {
      if (/^(https?|data|mailto):/.test(link)) return [];
      const [path = '', place] = decodeURIComponent(link.replaceAll('&amp;', '&')).split('#');
      const file = path === '' ? page : normalize(join(dirname(page), path));
      if (!isFile(join(folder, file))) return [`${page}: ${link}`];
      const isThere =
        place === undefined || place === '' || !file.endsWith('.html') || idsOf(file).has(place);
      return isThere ? [] : [`${page}: ${link}`];
    });
  });
}

/**
 * The links and pictures of Markdown pages that lead to no file of the repository, or to no heading; also
 * where they are written as addresses on GitHub.
 */
export function brokenMarkdownLinks(folder: string, pages: readonly string[]): string[] {
  return pages.flatMap((page) => {
    const text = withoutCode(read(join(folder, page)));
    const links = [...every(/\]\(<?([^)\s>]+)>?[^)]*\)/g, text), ...every(/^\[[^\]]+\]:\s*(\S+)/gm, text)];
    return links.flatMap((link) => {
      const own = localPath(page, link);
      if (own === undefined) return [];
      const { path, place } = own;
      if (!existsSync(join(folder, path))) return [`${page}: ${link}`];
      if (place === undefined || !path.endsWith('.md')) return [];
      return headings(read(join(folder, path))).includes(place) ? [] : [`${page}: ${link}`];
    });
  });
}

/** Where in the repository a link of one of its pages leads; undefined where it leads elsewhere. */
function localPath(page: string, link: string): { path: string; place: string | undefined } | undefined {
  const onGitHub = new RegExp(`^${REPOSITORY}(?:blob|tree)/main/`);
  const isOwn = onGitHub.test(link) || link.startsWith(RAW);
  if (!isOwn && /^[a-z]+:/.test(link)) return undefined;
  const [path = '', place] = decodeURIComponent(link.replace(onGitHub, '').replace(RAW, '')).split('#');
  if (isOwn) return { path, place };
  return { path: path === '' ? page : normalize(join(dirname(page), path)), place };
}

/** The places that GitHub gives to the headings of a page. */
function headings(text: string): string[] {
  const seen = new Map<string, number>();
  return every(/^#{1,6} (.+)$/gm, withoutBlocks(text)).map((heading) => {
    const name = heading
      .replaceAll(/\]\([^)]*\)/g, ']')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}-${count}`;
  });
}

const withoutBlocks = (text: string): string => text.replaceAll(/^```[^]*?^```/gm, '');
const withoutCode = (text: string): string => withoutBlocks(text).replaceAll(/`[^`\n]*`/g, '');
const every = (pattern: RegExp, text: string): string[] =>
  [...text.matchAll(pattern)].map(([, part = '']) => part);
const read = (path: string): string => readFileSync(path, 'utf8');
const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();
