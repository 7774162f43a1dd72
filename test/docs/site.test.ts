import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectFolder } from '../setup/serveTestFiles';
import { brokenLinks, brokenMarkdownLinks } from './links';

const site = mkdtempSync(join(tmpdir(), 'site-'));
let build: ReturnType<typeof spawnSync>;

beforeAll(() => {
  const env = { ...process.env, NODE_ENV: 'production' };
  const command = ['node_modules/tsx/dist/cli.mjs', 'scripts/site/build.ts', '--out', site];
  build = spawnSync(process.execPath, command, { cwd: projectFolder, env, encoding: 'utf8' });
});

afterAll(() => rmSync(site, { recursive: true, force: true }));

describe('npm run docs', () => {
  it('builds without a warning', () => {
    expect(build.stderr).not.toMatch(/warn/i);
    expect(build.stdout).not.toMatch(/\[(warning|error)\]/);
    expect(build.status).toBe(0);
  });

  it('has a page for each guide, and the README in front', () => {
    const pages = readdirSync(join(site, 'documents'));
    const guides = readdirSync(join(projectFolder, 'docs/guides')).filter((name) => name.endsWith('.md'));
    expect(pages).toEqual(expect.arrayContaining(['Start.html', 'Which_method.html', 'GraphModels.html']));
    expect(pages.length).toBe(guides.length + 5); // and methods, relevance, trust, published, peers
    expect(read('index.html')).toContain('Which input values does this output depend on?');
  });

  it('has the playground inside, linked from everywhere', () => {
    expect(read('playground/index.html')).toContain('<title>');
    expect(existsSync(join(site, 'playground/model/model.json'))).toBe(true);
    for (const page of pagesOf(site)) {
      expect(read(page), page).toContain(`href="${relative(dirname(page), 'playground/index.html')}"`);
    }
  });

  it('has a picture on the page of each method', () => {
    const methods = readdirSync(join(projectFolder, 'docs/methods')).filter((name) => name !== 'photo.jpg');
    for (const method of methods) {
      const page = pagesOf(site).find((path) => path.endsWith(`.${method.replace('.jpg', '.html')}`));
      expect(read(page!), method).toMatch(new RegExp(`<img src="../media/${method}"`));
    }
  });

  it('lists each method beside the page that explains them, and has an address for it', () => {
    const page = read('documents/Which_method.html');
    expect(page.replaceAll('<wbr/>', '')).toContain(
      '<a href="#guidedbackprop"><span>guidedBackprop</span></a>',
    );
    expect(page).toContain('id="guidedbackprop"');
    for (const name of pagesOf(site)) expect(read(name), name).not.toMatch(/<a href="#[^"]*"><span><\/span>/);
  });

  it('has no link and no picture that leads nowhere', () => {
    expect(pagesOf(site).length).toBeGreaterThan(150);
    expect(brokenLinks(site, pagesOf(site))).toEqual([]);
  });

  it('stays inside where the README links to a guide', () => {
    expect(read('index.html')).not.toContain('blob/main/docs/');
    expect(read('index.html')).toContain('<img src="media/demo.png"');
  });

  it('finds a word that only a guide has', () => {
    expect(found('oneDNN')).toContain('Backends and precision');
    expect(found('guidedBackprop')[0]).toBe('guidedBackprop');
  });
});

describe('the Markdown of the repository', () => {
  it('has no link that leads nowhere', () => {
    const pages = readdirSync(projectFolder, { recursive: true, encoding: 'utf8' }).filter(isOurPage);
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/guides/start.md']));
    expect(brokenMarkdownLinks(projectFolder, pages)).toEqual([]);
  });
});

function isOurPage(path: string): boolean {
  return path.endsWith('.md') && !/(^|\/)(node_modules|dist|\.next|site)\//.test(path);
}

function read(page: string): string {
  return readFileSync(join(site, page), 'utf8');
}

/** The pages that typedoc wrote. */
function pagesOf(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((name) => name.endsWith('.html') && !name.startsWith('playground/')).sort();
}

/** The names of the pages that the site's search gives for a word, best first. */
function found(word: string): string[] {
  const [, packed = ''] = /window\.searchData = "([^"]+)"/.exec(read('assets/search.js')) ?? [];
  const { rows, index } = JSON.parse(inflateSync(Buffer.from(packed, 'base64')).toString()) as {
    rows: { name: string }[];
    index: object;
  };
  const lunr = createRequire(require.resolve('typedoc'))('lunr') as Lunr;
  return lunr.Index.load(index)
    .search(word)
    .map(({ ref }) => rows[Number(ref)]!.name);
}

interface Lunr {
  readonly Index: { load(index: object): { search(query: string): { ref: string }[] } };
}
