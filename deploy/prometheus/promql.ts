/** What an expression asks for. */
export interface Query {
  readonly selectors: readonly { readonly metric: string; readonly labels: readonly string[] }[];
  /** Of `by`, `without`, `on` and the like. */
  readonly groupings: readonly string[];
}

const AGGREGATIONS = new Set(['sum', 'min', 'max', 'avg', 'count', 'topk', 'bottomk', 'quantile', 'stddev']);
const FUNCTIONS = new Set(
  'absent changes clamp_max clamp_min delta deriv histogram_quantile increase irate label_replace max_over_time min_over_time predict_linear rate round scalar sum_over_time time vector'.split(
    ' ',
  ),
);
const TOKEN =
  /\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\d+(?:\.\d+)?(?:ms|[smhdwy])?|[a-zA-Z_][\w:]*|=~|!~|!=|==|>=|<=|[-+*/%^><=(){}[\],:])/y;
const WORDS = new Set(['and', 'or', 'unless']);
const OPERATORS = new Set(['+', '-', '*', '/', '%', '^', '==', '!=', '>', '<', '>=', '<=', ...WORDS]);

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  const text = expression.trim();
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length;) {
    const at = TOKEN.lastIndex;
    const [, token] = TOKEN.exec(text) ?? [];
    if (token === undefined) throw new SyntaxError(`${expression}: what is "${text.slice(at, at + 10)}"?`);
    tokens.push(token);
  }
  return tokens;
}

/** Reads the part of PromQL that alerts and dashboards here are written in, precedence aside. */
class Reader {
  readonly selectors: { metric: string; labels: string[] }[] = [];
  readonly groupings: string[] = [];
  readonly #expression: string;
  readonly #tokens: string[];
  #at = 0;

  constructor(expression: string) {
    this.#expression = expression;
    this.#tokens = tokensOf(expression);
  }

  read(): Query {
    this.#binary();
    if (this.#peek() !== undefined) this.#fail('the end');
    return this;
  }

  #binary(): void {
    this.#operand();
    while (OPERATORS.has(this.#peek() ?? '')) {
      this.#next();
      this.#skip('bool');
      if (this.#skip('on') || this.#skip('ignoring')) this.#labels();
      if ((this.#skip('group_left') || this.#skip('group_right')) && this.#peek() === '(') this.#labels();
      this.#operand();
    }
  }

  #operand(): void {
    const token = this.#next();
    if (token === '-') return this.#operand();
    if (token === '(') this.#binary();
    else if (AGGREGATIONS.has(token)) return this.#aggregation();
    else if (this.#peek() === '(' && FUNCTIONS.has(token)) return this.#call();
    else if (/^[a-z_]/i.test(token)) this.#selector(token);
    else if (!/^[\d"']/.test(token)) this.#fail('a value');
    if (token === '(') this.#expect(')');
    if (this.#skip('[')) this.#range();
    if (this.#skip('offset')) this.#next();
  }

  #aggregation(): void {
    const grouped = this.#grouping();
    this.#call();
    if (!grouped) this.#grouping();
  }

  #grouping(): boolean {
    if (!this.#skip('by') && !this.#skip('without')) return false;
    this.#labels();
    return true;
  }

  #call(): void {
    this.#expect('(');
    while (!this.#skip(')')) {
      this.#binary();
      if (this.#peek() !== ')') this.#expect(',');
    }
  }

  #selector(metric: string): void {
    const labels: string[] = [];
    if (this.#peek() === '(') this.#fail('a known function');
    if (this.#skip('{')) {
      while (!this.#skip('}')) {
        labels.push(this.#next());
        if (!['=', '!=', '=~', '!~'].includes(this.#next())) this.#fail('a matcher');
        if (!/^["']/.test(this.#next())) this.#fail('a text');
        if (this.#peek() !== '}') this.#expect(',');
      }
    }
    this.selectors.push({ metric, labels });
  }

  #range(): void {
    if (!/^\d+(ms|[smhdwy])$/.test(this.#next())) this.#fail('a duration');
    if (this.#skip(':') && this.#peek() !== ']') this.#next();
    this.#expect(']');
  }

  #labels(): void {
    this.#expect('(');
    while (!this.#skip(')')) {
      this.groupings.push(this.#next());
      if (this.#peek() !== ')') this.#expect(',');
    }
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #next(): string {
    const token = this.#peek();
    if (token === undefined) return this.#fail('more');
    this.#at += 1;
    return token;
  }

  #skip(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#skip(token)) this.#fail(token);
  }

  #fail(expected: string): never {
    const seen = this.#tokens.slice(0, this.#at).join(' ');
    throw new SyntaxError(`${this.#expression}: expected ${expected} near "${seen}".`);
  }
}

/** @throws SyntaxError for what is no PromQL, or uses what is not known here */
export function readPromql(expression: string): Query {
  return new Reader(expression).read();
}
