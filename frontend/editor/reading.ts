/** What the editor needs to know of lines, pairs of lines and words, in one place. */
export type Kind =
  | "number"
  | "title"
  | "division"
  | "divtitle"
  | "heading"
  | "history"
  | "enacting"
  | "opener"
  | "item"
  | "bullet"
  | "paragraph"
  | "table"
  | "rule"
  | "footnote"
  | "blank";
export interface Line {
  readonly kind: Kind;
  readonly level: number;
  /** Units before the label: blanks of the indent. */
  readonly indent: number;
  readonly label: string;
  /** Units of indent, label or mark, and the blank after it: where the words begin. */
  readonly mark: number;
}
export type Op = { readonly kind: "equal" | "delete" | "insert"; readonly text: string };

const LABEL =
  /^((?:\d{1,3}(?:bis|ter|quater)?\.|\d{1,3}(?:bis|ter)?(?:\.\d{1,3}(?:bis|ter)?)+|\p{L}{1,8}(?: (?:bis|ter|quater))?\)))(?: |$)/u;
export function readLines(texts: readonly string[]): Line[] {
  let seenOpening = false;
  return texts.map((t, i) => {
    const indent = /^ */.exec(t)![0].length,
      rest = t.slice(indent),
      level = Math.floor(indent / 3);
    const mk = (kind: Kind, label = "", mark = indent): Line => ({ kind, level, indent, label, mark });
    if (!rest) return mk("blank");
    const h = /^(#{1,5}) /.exec(rest);
    if (h) return mk((["number", "title", "division", "divtitle", "heading"] as const)[h[1]!.length - 1]!, "", indent + h[0].length);
    if (rest.startsWith("- ") || rest === "-") return mk("bullet", "-", indent + Math.min(2, rest.length));
    if (rest.startsWith("|")) return mk(/^\|(?: *:?-+:? *\|)+$/.test(rest) ? "rule" : "table");
    const f = /^\[\^([^\]]+)\]: ?/.exec(rest);
    if (f) return mk("footnote", f[1]!, indent + f[0].length);
    const m = LABEL.exec(rest);
    if (m) {
      seenOpening = true;
      return mk("item", m[1]!, indent + m[0].length);
    }
    if (/^\*[^*]+\*$/.test(rest)) {
      seenOpening = true;
      return mk("opener");
    }
    if (!seenOpening && /^[(（]/.test(rest)) return mk("history");
    if (!seenOpening && /[,،，]$/.test(rest) && i < 12) {
      seenOpening = true;
      return mk("enacting");
    }
    return mk("paragraph");
  });
}
export function namesOf(texts: readonly string[], lines: readonly Line[]): string[] {
  let opener = "",
    item = "",
    b = 0;
  return lines.map((l, i) => {
    const w = texts[i]!.slice(l.mark);
    if (l.kind === "opener") {
      opener = w.replace(/\*/g, "");
      item = "";
      return opener;
    }
    if (l.kind === "item") {
      item = l.label.replace(/\.$/, "");
      b = 0;
      return `${opener} ${item}`;
    }
    if (l.kind === "bullet") return `${opener} ${item}, bullet ${++b}`;
    return l.kind === "paragraph" ? `line ${i + 1}` : l.kind;
  });
}
const TOKEN = /\p{Script=Han}|[\p{L}\p{M}\p{N}]+(?:['’‑-][\p{L}\p{M}\p{N}]+)*|\s+|[\s\S]/gu;
export function diffWords(a: string, b: string): Op[] {
  if (a === b) return a ? [{ kind: "equal", text: a }] : [];
  const x = a.match(TOKEN) ?? [],
    y = b.match(TOKEN) ?? [];
  let s = 0,
    ex = x.length,
    ey = y.length;
  while (s < ex && s < ey && x[s] === y[s]) s++;
  while (ex > s && ey > s && x[ex - 1] === y[ey - 1]) {
    ex--;
    ey--;
  }
  const out: Op[] = [];
  const put = (kind: Op["kind"], text: string) => {
    if (text) out.push({ kind, text });
  };
  put("equal", x.slice(0, s).join(""));
  put("delete", x.slice(s, ex).join(""));
  put("insert", y.slice(s, ey).join(""));
  put("equal", x.slice(ex).join(""));
  return out;
}
export interface Pair {
  readonly base: readonly number[];
  readonly revised: readonly number[];
  readonly moved: boolean;
}
export function pairLines(base: readonly string[], _b: readonly Line[], cur: readonly string[], _c: readonly Line[]): Pair[] {
  const bag = (s: string) => new Set(s.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
  const B = base.map(bag),
    C = cur.map(bag),
    n = base.length,
    m = cur.length,
    w = m + 1;
  const sim = (i: number, j: number) => {
    if (base[i] === cur[j]) return 1.5;
    let k = 0;
    for (const q of B[i]!) if (C[j]!.has(q)) k++;
    return (2 * k) / (B[i]!.size + C[j]!.size || 1);
  };
  const S = new Float32Array((n + 1) * w),
    V = new Float32Array(n * m);
  for (let i = n - 1; i >= 0; i--)
    for (let j = m - 1; j >= 0; j--) {
      const v = sim(i, j);
      V[i * m + j] = v;
      S[i * w + j] = Math.max(S[(i + 1) * w + j]!, S[i * w + j + 1]!, v >= 0.3 ? S[(i + 1) * w + j + 1]! + v : 0);
    }
  const out: Pair[] = [];
  let i = 0,
    j = 0;
  while (i < n || j < m) {
    if (i < n && j < m && V[i * m + j]! >= 0.3 && Math.abs(S[i * w + j]! - S[(i + 1) * w + j + 1]! - V[i * m + j]!) < 1e-4)
      out.push({ base: [i++], revised: [j++], moved: false });
    else if (i < n && (j >= m || S[(i + 1) * w + j]! >= S[i * w + j + 1]!)) out.push({ base: [i++], revised: [], moved: false });
    else out.push({ base: [], revised: [j++], moved: false });
  }
  return out;
}
