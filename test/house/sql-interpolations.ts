/** What is written into the text of statements, found in the syntax tree and the types of the whole product. */

import { join, relative } from 'node:path';

import {
  isArrayLiteralExpression,
  isArrowFunction,
  isAsExpression,
  isBinaryExpression,
  isBindingElement,
  isBlock,
  isCallExpression,
  isConditionalExpression,
  isFunctionDeclaration,
  isFunctionExpression,
  isIdentifier,
  isNonNullExpression,
  isNoSubstitutionTemplateLiteral,
  isParameterDeclaration,
  isParenthesizedExpression,
  isPropertyAccessExpression,
  isReturnStatement,
  isSatisfiesExpression,
  isSpreadElement,
  isStringLiteral,
  isTemplateExpression,
  isVariableDeclaration,
  type Node,
  type SourceFile,
  type TemplateExpression,
} from 'typescript/unstable/ast';
import { API, SymbolFlags, TypeFlags, type Checker, type Project } from 'typescript/unstable/sync';

export interface Interpolation {
  /** From the root of the house. */
  readonly file: string;
  /** As it is written between `${` and `}`. */
  readonly text: string;
  readonly line: number;
}

/** Whose results are names and texts of SQL, whatever they are given. */
const quoting: ReadonlySet<string> = new Set(['identifierSql', 'textSql']);

/** What begins, or goes on with, a statement of Postgres or DuckDB. */
const sql =
  /^\s*(?:select|insert\s+into|update|delete\s+from|with\s|copy\s*[(\w]|create\s+(?:temp|table|role|policy|or|un|index|schema|database|view)|alter\s|drop\s|grant\s|revoke\s|declare\s|fetch\s|from\s*[(\w$]|set\s+local|truncate|lock\s+table|describe\s|explain|begin\s*;|union\s|where\s|and\s|order\s+by|coalesce\(|exists\s*\(|case\s+when|sum\(|count\()/i;
const calls: ReadonlySet<string> = new Set([
  'query',
  'execute',
  'run',
  'runAndReadAll',
  'runAndRead',
  'stream',
]);

/** Every interpolation into a statement of these folders that is neither quoted nor one of texts that the code itself holds. */
export function unquotedInterpolations(root: string, folders: readonly string[]): readonly Interpolation[] {
  const api = new API({ cwd: root });
  try {
    const project = api.updateSnapshot({ openProject: join(root, 'tsconfig.json') }).getProjects()[0]!;
    const files = project.rootFiles
      .map((file) => relative(root, file))
      .filter((file) => folders.some((folder) => file.startsWith(`${folder}/`)))
      .sort();
    return files.flatMap((file) => {
      const source = project.program.getSourceFile(join(root, file))!;
      return unquotedIn(source, project).map((found) => ({ file, ...found }));
    });
  } finally {
    api.close();
  }
}

function unquotedIn(source: SourceFile, project: Project): Omit<Interpolation, 'file'>[] {
  const found: Omit<Interpolation, 'file'>[] = [];
  const judge = judgeOf(project);
  const walk = (node: Node): void => {
    if (isTemplateExpression(node) && isStatement(node))
      for (const { expression } of node.templateSpans)
        if (!judge(expression)) {
          const before = source.text.slice(0, expression.getStart(source));
          found.push({ text: expression.getText(source), line: before.split('\n').length });
        }
    node.forEachChild(walk);
  };
  walk(source);
  return found;
}

function isStatement(template: TemplateExpression): boolean {
  const { parent } = template;
  if (isCallExpression(parent) && isPropertyAccessExpression(parent.expression))
    if (calls.has(parent.expression.name.text) && parent.arguments[0] === template) return true;
  return (
    sql.test(template.head.text) ||
    template.templateSpans.some(
      ({ literal }) => /\b(?:from|where) /.test(literal.text) && sql.test(template.head.text),
    )
  );
}

/** Is what an expression gives a text that the code itself holds, a number, or quoted? */
function judgeOf(project: Project): (expression: Node) => boolean {
  const { checker } = project;
  const known = new Map<Node, boolean>();
  /** @param given parameter -> what it is called with */
  const judge = (node: Node, given: ReadonlyMap<Node, Node>): boolean => {
    if (given.size > 0) return decide(node, given);
    const before = known.get(node);
    if (before !== undefined) return before;
    // What is made of itself is made of what else it is made of.
    known.set(node, true);
    const safe = decide(node, given);
    known.set(node, safe);
    return safe;
  };
  const decide = (node: Node, given: ReadonlyMap<Node, Node>): boolean => {
    if (isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node)) return true;
    if (isTemplateExpression(node))
      return node.templateSpans.every(({ expression }) => judge(expression, given));
    if (
      isParenthesizedExpression(node) ||
      isAsExpression(node) ||
      isSatisfiesExpression(node) ||
      isNonNullExpression(node)
    )
      return judge(node.expression, given);
    if (isConditionalExpression(node)) return judge(node.whenTrue, given) && judge(node.whenFalse, given);
    if (isBinaryExpression(node)) return judge(node.left, given) && judge(node.right, given);
    if (isArrayLiteralExpression(node)) return node.elements.every((element) => judge(element, given));
    if (isSpreadElement(node)) return judge(node.expression, given);
    if (isOfLiterals(checker, node)) return true;
    if (isCallExpression(node)) return judgeCall(node.expression, [...node.arguments], given);
    if (isIdentifier(node)) return judgeName(node, given);
    return false;
  };
  const judgeCall = (callee: Node, args: readonly Node[], given: ReadonlyMap<Node, Node>): boolean => {
    if (isIdentifier(callee) && quoting.has(callee.text)) return true;
    if (isPropertyAccessExpression(callee)) {
      const { expression: of, name } = callee;
      if (['join', 'filter', 'slice', 'sort', 'toSorted', 'reverse'].includes(name.text))
        return judge(of, given);
      if (name.text === 'map' || name.text === 'flatMap')
        return isIdentifier(args[0]!) && quoting.has(args[0].text)
          ? true
          : judgeFunction(args[0]!, [of], given);
      return false;
    }
    if (!isIdentifier(callee)) return false;
    const declared = declarationOf(callee);
    return declared !== undefined && judgeFunction(declared, args, given);
  };
  /** What it returns, where its parameters are these. */
  const judgeFunction = (node: Node, args: readonly Node[], given: ReadonlyMap<Node, Node>): boolean => {
    const called = isIdentifier(node) ? declarationOf(node) : node;
    const made = called !== undefined && isVariableDeclaration(called) ? called.initializer : called;
    if (made === undefined) return false;
    if (!isFunctionDeclaration(made) && !isArrowFunction(made) && !isFunctionExpression(made)) return false;
    const inside = new Map(given);
    for (const [index, parameter] of made.parameters.entries())
      if (args[index] !== undefined) inside.set(parameter, args[index]);
    const { body } = made;
    if (body === undefined) return false;
    if (!isBlock(body)) return judge(body, inside);
    const returned: Node[] = [];
    const collect = (inner: Node): void => {
      if (isReturnStatement(inner) && inner.expression !== undefined) returned.push(inner.expression);
      else if (!isArrowFunction(inner) && !isFunctionExpression(inner)) inner.forEachChild(collect);
    };
    body.forEachChild(collect);
    return returned.length > 0 && returned.every((expression) => judge(expression, inside));
  };
  const judgeName = (node: Node, given: ReadonlyMap<Node, Node>): boolean => {
    const declared = declarationOf(node);
    if (declared === undefined || isBindingElement(declared)) return false;
    if (isParameterDeclaration(declared)) {
      const argument = given.get(declared);
      // What it is called with is outside of the call.
      return argument !== undefined && judge(argument, without(given, declared));
    }
    const isConstant = isVariableDeclaration(declared) && declared.initializer !== undefined;
    return isConstant && judge(declared.initializer, given);
  };
  const declarationOf = (node: Node): Node | undefined => {
    const symbol = checker.getSymbolAtLocation(node);
    if (symbol === undefined) return undefined;
    const original = (symbol.flags & SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
    return (original.valueDeclaration ?? original.declarations[0])?.resolve(project);
  };
  return (expression) => judge(expression, new Map());
}

function without(given: ReadonlyMap<Node, Node>, parameter: Node): ReadonlyMap<Node, Node> {
  const others = new Map(given);
  others.delete(parameter);
  return others;
}

/** Is its type one of literals, of numbers or of truth values? */
function isOfLiterals(checker: Checker, node: Node): boolean {
  const type = checker.getTypeAtLocation(node);
  if (type === undefined) return false;
  const parts = type.isUnionType() ? type.getTypes() : [type];
  return parts.every((part) => part.isLiteralType() || (part.flags & TypeFlags.NumberLike) !== 0);
}
