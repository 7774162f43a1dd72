import { relative } from 'node:path';
import ts from 'typescript';

// Compares each `@default` in the doc comments of src with the default that the code gives, which stands in a
// destructuring (`const { samples = 25 } = options`). Documentation drifts; this holds it.

const configuration = ts.parseConfigFileTextToJson('', ts.sys.readFile('tsconfig.json') ?? '')
  .config as object;
const { fileNames, options } = ts.parseJsonConfigFileContent(
  { ...configuration, include: ['src'] },
  ts.sys,
  process.cwd(),
);
const program = ts.createProgram(fileNames, options);
const checker = program.getTypeChecker();
const sources = program.getSourceFiles().filter(({ fileName }) => fileNames.includes(fileName));

const faults: string[] = [];
const compared = new Set<ts.Declaration>();
for (const source of sources) walk(source, ts.isObjectBindingPattern, comparePattern);
for (const source of sources) walk(source, ts.isPropertySignature, requireCode);
for (const fault of faults) console.error(fault);
console.log(`checkDocs: ${compared.size} defaults compared, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;

/** Calls `visit` with every node of one kind. */
function walk<T extends ts.Node>(
  node: ts.Node,
  isKind: (node: ts.Node) => node is T,
  visit: (node: T) => void,
): void {
  if (isKind(node)) visit(node);
  ts.forEachChild(node, (child) => walk(child, isKind, visit));
}

/** Holds every default of a destructuring against the doc comment of the option that it is the default of. */
function comparePattern(pattern: ts.ObjectBindingPattern): void {
  const { parent } = pattern;
  const source = ts.isVariableDeclaration(parent) && parent.initializer ? parent.initializer : pattern;
  const options = checker.getTypeAtLocation(source).getNonNullableType();
  for (const element of pattern.elements) {
    if (element.initializer === undefined) continue;
    const name = (element.propertyName ?? element.name).getText();
    for (const declaration of options.getProperty(name)?.declarations ?? []) {
      if (!ts.isPropertySignature(declaration) || !isOption(declaration)) continue;
      const documented = documentedDefault(declaration);
      const code = element.initializer.getText();
      if (documented === undefined) {
        if (isComputed(element.initializer)) continue; // for the prose: it is no value that a tag could hold
        report(declaration, `"${name}" has the default ${code}, and no @default says so`);
        continue;
      }
      compared.add(declaration);
      if (plain(documented) !== plain(code)) {
        report(
          declaration,
          `"${name}" says @default ${documented}, the code at ${place(element)} says ${code}`,
        );
      }
    }
  }
}

/** A `@default` that no destructuring backs cannot be checked: such a default belongs in the prose. */
function requireCode(member: ts.PropertySignature): void {
  const documented = documentedDefault(member);
  if (documented === undefined || compared.has(member)) return;
  report(
    member,
    `"${member.name.getText()}" says @default ${documented}, and no destructuring gives it that`,
  );
}

function documentedDefault(node: ts.Node): string | undefined {
  const tag = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === 'default');
  return tag && (ts.getTextOfJSDocComment(tag.comment) ?? '').trim();
}

/** Without the backticks and with one kind of quotes. */
function plain(text: string): string {
  return text.replaceAll('`', '').replaceAll('"', "'").replaceAll(/\s+/g, ' ').trim();
}

/** Whether it is one of ours, in an interface called `...Options`: what a caller may leave out. */
function isOption(member: ts.PropertySignature): boolean {
  const isOurs = sources.includes(member.getSourceFile());
  return isOurs && ts.isInterfaceDeclaration(member.parent) && member.parent.name.text.endsWith('Options');
}

/** Whether a default depends on anything: on another option, on a function. */
function isComputed(value: ts.Expression): boolean {
  let found = false;
  walk(value, ts.isIdentifier, () => (found = true));
  return found;
}

function report(node: ts.Node, text: string): void {
  faults.push(`${place(node)}: ${text}`);
}

function place(node: ts.Node): string {
  const source = node.getSourceFile();
  return `${relative('.', source.fileName)}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}
