import type {
  Annotation,
  AttributeSyntax,
  AttributeValueSyntax,
  DimensionSyntax,
  Identifier,
  NodeStatement,
  Span,
  StringEntrySyntax,
  SyntaxProblem,
  TypeSyntax,
  ValueDeclaration,
} from '../syntax-tree.ts';
import { commentEnd } from './annotations.ts';
import * as character from './characters.ts';
import { NameTable } from './names.ts';
import { annotationsOf, PendingAnnotations } from './pending-annotations.ts';
import type { SyntaxProblemCode } from './problems.ts';
import {
  isPlain,
  longestShared,
  SharedConstructs,
  SharedIdentifiers,
  SharedLists,
} from './shared-constructs.ts';
import { none, Stack } from './stack.ts';
import { probableEnd, StringEnds } from './strings.ts';

/**
 * A place in the text, moved by the parse functions, and what has to be known while a segment is read: where its spans count
 * from, its problems, annotations that wait for their construct, and how far has been looked.
 *
 * The parser may depend only on text from the segment's start on, and must tell how far it looked; `reparse` relies on it.
 */
export class Cursor {
  readonly text: string;
  readonly names: NameTable;
  /** Absolute offset of the next character. */
  pos = 0;
  /** Absolute offset of the segment being read. */
  base = 0;
  /** Nothing at or after this absolute offset has been looked at. */
  reach = 0;
  /** Whether the segment was also read by what stands before it. */
  lookedBehind = false;
  /** Levels of types and graphs around `pos`. */
  depth = 0;
  /** Statements from this column to the left end an unclosed body; see graphs.ts. */
  outerColumn = -1;
  /** Which `}` closes which `{`, where that was looked up; absolute offsets. See graphs.ts. */
  readonly braces = new Map<number, number>();
  /** Absolute offset behind the `}` of a body of the document that was just closed. */
  bodyEnd = 0;

  // Scratch stacks of the lists being read.
  readonly identifiers = new Stack<Identifier>();
  readonly attributes = new Stack<AttributeSyntax>();
  readonly attributeValues = new Stack<AttributeValueSyntax>();
  readonly dimensions = new Stack<DimensionSyntax>();
  readonly declarations = new Stack<ValueDeclaration>();
  readonly statements = new Stack<NodeStatement>();

  #problems: SyntaxProblem[] = [];
  #problemPos = -1;
  readonly #pending = new PendingAnnotations();
  #looking = false;
  #tokenStart = 0;
  /** Absolute offset behind the token before `pos`. */
  #tokenEnd = 0;
  /** Absolute offset of the last token that is the first of its line. */
  #firstOnLine = 0;
  readonly #strings: StringEnds;
  readonly #identifiers = new SharedIdentifiers();
  readonly #plainAttributes = new SharedConstructs<AttributeSyntax>();
  readonly #attributeLists = new SharedLists<AttributeSyntax>();
  readonly #types = new SharedConstructs<TypeSyntax>();
  readonly #entries = new SharedConstructs<StringEntrySyntax>();
  #followed = { close: -1, result: false, reach: 0 };

  /** `detached`: whether the strings of the tree are to outlive the text, see NameTable. */
  constructor(text: string, detached: boolean) {
    this.text = text;
    this.names = new NameTable(text, detached);
    this.#strings = new StringEnds(text);
  }

  /** Begins a segment at `pos`. */
  begin(): void {
    this.base = this.pos;
    this.reach = this.pos;
    this.lookedBehind = false;
    if (this.braces.size > 0) {
      this.braces.clear();
    }
    this.bodyEnd = 0;
    if (this.#problems.length > 0) {
      this.#problems = [];
    }
    this.#pending.clear();
    this.#problemPos = -1;
    this.#tokenStart = this.pos;
    this.#tokenEnd = this.pos;
    this.#firstOnLine = this.pos;
  }

  /**
   * Ends the segment and what follows it: moves to the first annotation of the next one, if it has any, and gives the
   * segment's problems.
   */
  finish(): readonly SyntaxProblem[] {
    const next = this.peek();
    this.noteReach();
    // At the end of the text there is nothing left to annotate.
    this.#reportMisplaced(next === character.endOfText ? this.text.length + 1 : this.pos);
    this.toFirstAnnotation();
    if (this.#problems.length === 0) {
      return none;
    }
    return this.#problems.sort((a, b) => a.start - b.start);
  }

  /** Moves back from the token at `pos` to the first of its annotations, if it has any. */
  toFirstAnnotation(): void {
    this.pos = this.#pending.start ?? this.pos;
  }

  /** Skips white space and comments; the character there, or `endOfText`. */
  peek(): number {
    const text = this.text;
    const pos = this.pos;
    if (pos !== this.#tokenStart) {
      this.#tokenEnd = pos;
    }
    if (pos + 1 < text.length && pos > 0) {
      // Mostly there is nothing or one blank to skip.
      let code = text.charCodeAt(pos);
      if (code > character.space && code !== character.hash) {
        this.#tokenStart = pos;
        return code;
      }
      if (code === character.space) {
        code = text.charCodeAt(pos + 1);
        if (code > character.space && code !== character.hash) {
          this.pos = pos + 1;
          this.#tokenStart = pos + 1;
          return code;
        }
      }
    }
    return this.#skipSpace();
  }

  #skipSpace(): number {
    const text = this.text;
    const length = text.length;
    let pos = this.pos;
    let newLine = pos === 0;
    let code = character.endOfText;
    while (pos < length) {
      code = text.charCodeAt(pos);
      if (code === character.hash) {
        const end = commentEnd(text, pos);
        if (text.charCodeAt(pos + 1) === character.at && !this.#looking) {
          this.#pending.read(text, pos, end, this.base, newLine || pos === this.#firstOnLine);
        }
        pos = end;
      } else if (character.isSpace(code)) {
        newLine = newLine || code === character.lineFeed;
        pos++;
      } else {
        break;
      }
    }
    this.pos = pos;
    this.#tokenStart = pos;
    if (newLine) {
      this.#firstOnLine = pos;
    }
    if (!this.#pending.isEmpty) {
      this.#pending.foundToken(pos);
    }
    return pos < length ? code : character.endOfText;
  }

  /** Moves behind the next token if it is this character. */
  matches(code: number): boolean {
    if (this.peek() !== code) {
      return false;
    }
    this.pos++;
    return true;
  }

  /** Whether the token at `pos` (after a `peek`) is the first of its line. */
  get isFirstOnLine(): boolean {
    return this.pos === this.#firstOnLine;
  }

  /** Whether `=>` is at `pos`, after a `peek`; the reference parser allows no blank in it. */
  get isAtArrow(): boolean {
    return (
      this.text.charCodeAt(this.pos) === character.equals &&
      this.text.charCodeAt(this.pos + 1) === character.greater
    );
  }

  /** Offset of `pos` from the segment's start. */
  get offset(): number {
    return this.pos - this.base;
  }

  /** Offset behind the last token from the segment's start; for ends of constructs, where `peek` may have been called. */
  get endOffset(): number {
    return (this.pos === this.#tokenStart ? this.#tokenEnd : this.pos) - this.base;
  }

  /**
   * Goes back to the first of some tokens that belong to the next construct. `tokenEnd` is behind the token before it, both
   * are absolute. What was annotated after it is read again.
   */
  rewind(pos: number, tokenEnd: number, isFirstOnLine: boolean): void {
    this.noteReach();
    this.pos = pos;
    this.#tokenStart = pos;
    this.#tokenEnd = tokenEnd;
    if (isFirstOnLine) {
      this.#firstOnLine = pos;
    }
    this.#pending.dropFrom(pos);
  }

  noteReach(): void {
    // The character at `pos` and one more may have been looked at.
    this.reach = Math.max(this.reach, this.pos + 2);
  }

  /** Runs `look` and comes back: nothing that it reads is kept or reported. */
  lookAhead<Result>(look: (cursor: Cursor) => Result): Result {
    const pos = this.pos;
    const looking = this.#looking;
    const tokenStart = this.#tokenStart;
    const tokenEnd = this.#tokenEnd;
    const firstOnLine = this.#firstOnLine;
    this.#looking = true;
    const result = look(this);
    this.noteReach();
    this.pos = pos;
    this.#looking = looking;
    this.#tokenStart = tokenStart;
    this.#tokenEnd = tokenEnd;
    this.#firstOnLine = firstOnLine;
    return result;
  }

  /** The identifier at `pos`, which has to start one. */
  identifier(): Identifier {
    const start = this.pos;
    this.skipIdentifier();
    const name = this.names.name(start, this.pos);
    return this.#identifiers.identifier(start - this.base, this.pos - this.base, name);
  }

  /** An attribute that has just been read, or an earlier one that is the same. */
  sharedAttribute(attribute: AttributeSyntax): AttributeSyntax {
    return isPlain(attribute) ? this.#shared(this.#plainAttributes, attribute) : attribute;
  }

  /** The attributes on the stack since `mark`, or an earlier list of the same ones. */
  takeAttributes(mark: number): readonly AttributeSyntax[] {
    return this.#attributeLists.like(this.attributes.take(mark));
  }

  /** As `sharedAttribute`, for a type. */
  sharedType(type: TypeSyntax): TypeSyntax {
    return this.#shared(this.#types, type);
  }

  /** As `sharedAttribute`, for an entry of a list of strings. */
  sharedEntry(entry: StringEntrySyntax): StringEntrySyntax {
    return this.#shared(this.#entries, entry);
  }

  #shared<Construct extends Span>(known: SharedConstructs<Construct>, construct: Construct): Construct {
    const start = this.base + construct.start;
    const end = this.base + construct.end;
    // What has problems may have been read by what is behind it.
    return end - start <= longestShared && this.#problems.length === 0
      ? known.like(construct, this.text.slice(start, end), construct.start)
      : construct;
  }

  skipIdentifier(): void {
    const text = this.text;
    let pos = this.pos + 1;
    while (pos < text.length && character.continuesIdentifier(text.charCodeAt(pos))) {
      pos++;
    }
    this.pos = pos;
  }

  /** The quoted identifier at `pos`, which has to be a quote. */
  quotedIdentifier(): Identifier {
    const start = this.pos;
    const name = this.string(true);
    return { start: start - this.base, end: this.pos - this.base, name };
  }

  /** A missing name at `pos`. */
  missingIdentifier(): Identifier {
    return { start: this.offset, end: this.offset, name: '' };
  }

  /**
   * The string at `pos`, unescaped. A string may run over several lines. One without a closing quote (or with one that is
   * really the opening quote of a later string, which shows in what follows it) ends on its line.
   */
  string(isName = false): string {
    const start = this.pos + 1;
    const end = this.#strings.ordinary(start);
    if (end < 0) {
      return this.#unusualString(start);
    }
    this.pos = end + 1;
    return isName || end - start <= longestShared ? this.names.name(start, end) : this.names.part(start, end);
  }

  #unusualString(start: number): string {
    const text = this.text;
    const close = this.#strings.closingQuote(start);
    const lineEnd = this.#strings.lineEnd(start);
    this.pos = Math.min(close + 1, text.length);
    let isClosed = close < text.length;
    if (isClosed && lineEnd < close) {
      isClosed = this.#isFollowedAsString(close);
    } else if (isClosed && character.continuesIdentifier(text.charCodeAt(close + 1))) {
      isClosed = probableEnd(text, start, close) === undefined;
    }
    this.noteReach();
    if (isClosed) {
      return this.#unescaped(start, close);
    }
    const limit = Math.min(lineEnd, close);
    const lastOfLine = text.charCodeAt(limit - 1) === character.carriageReturn ? limit - 1 : limit;
    const end = probableEnd(text, start, limit) ?? Math.max(start, lastOfLine);
    this.pos = end;
    this.problem(
      'onnx.syntax.unterminated-string',
      start - 1,
      end,
      'This string is not closed. Write a `"` at its end, and `\\"` for each quote inside it.',
    );
    return this.#unescaped(start, end);
  }

  /** Whether what is behind a closing quote can be behind a string; kept for the last one. */
  #isFollowedAsString(close: number): boolean {
    if (this.#followed.close !== close) {
      const reachBefore = this.reach;
      this.reach = 0;
      const result = this.lookAhead(() => character.followsString(this.peek()));
      this.#followed = { close, result, reach: this.reach };
      this.reach = reachBefore;
    }
    this.reach = Math.max(this.reach, this.#followed.reach);
    return this.#followed.result;
  }

  /** Annotations of the construct that begins at the token at `pos`, each for the first construct that asks. */
  takeAnnotations(): readonly Annotation[] {
    if (this.#pending.isEmpty) {
      return none;
    }
    this.#reportMisplaced(this.pos);
    const taken = this.#pending.take(this.pos, false);
    for (const { reading } of taken) {
      if ('malformed' in reading) {
        this.problem('onnx.syntax.malformed-annotation', reading.start, reading.end, reading.malformed);
      }
    }
    const annotations = annotationsOf(taken);
    return annotations.length === 0 ? none : annotations;
  }

  /** Reports and drops annotations that are not of the token at `pos`. */
  #reportMisplaced(pos: number): void {
    if (this.#pending.isEmpty) {
      return;
    }
    for (const { start, end } of this.#pending.take(pos, true)) {
      this.problem(
        'onnx.syntax.misplaced-annotation',
        start,
        end,
        'This annotation annotates nothing. Write it on a line of its own before the node, value, attribute, graph, ' +
          'function or model it is about.',
      );
    }
  }

  /** Reports a problem between two absolute offsets. */
  problem(code: SyntaxProblemCode, start: number, end: number, message: string): void {
    if (!this.#looking && this.#problems.length < maximumProblems) {
      this.#problems.push({ start: start - this.base, end: end - this.base, code, message });
    }
  }

  /**
   * Reports that something is missing at the next token: there, or behind the token before it if that one is on another
   * line. Of several things missing at one place only the first is reported.
   */
  expected(code: SyntaxProblemCode, message: string): void {
    const next = this.peek();
    if (this.#looking || this.pos === this.#problemPos) {
      return;
    }
    this.#problemPos = this.pos;
    if (next !== character.endOfText && (!this.isFirstOnLine || this.#tokenEnd <= this.base)) {
      this.problem(code, this.pos, this.#tokenLimit(), message);
    } else {
      this.problem(code, Math.max(this.base, this.#tokenEnd - 1), this.#tokenEnd, message);
    }
  }

  /** Moves behind the token at `pos`, whatever it is; it has to be one. */
  skipToken(): void {
    const code = this.peek();
    if (code === character.quote) {
      this.string();
    } else if (character.continuesIdentifier(code)) {
      this.skipIdentifier();
    } else {
      this.pos++;
    }
  }

  #tokenLimit(): number {
    return this.lookAhead((cursor) => {
      cursor.skipToken();
      return cursor.pos;
    });
  }

  /** A part of the text in which a backslash stands for the character after it. */
  #unescaped(start: number, end: number): string {
    const text = this.text;
    let result = '';
    let from = start;
    for (let at = start; at < end; at++) {
      if (text.charCodeAt(at) === character.backslash) {
        result += this.names.part(from, at);
        from = ++at;
      }
    }
    return result + this.names.part(from, Math.max(from, end));
  }
}

/** More than anybody reads in one statement; the others show when these are gone. */
const maximumProblems = 100;
