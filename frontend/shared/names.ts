/** The names of clauses as people say them, and the same in a link: "resolves 5, bullet 2", "resolves-5-b2". */
import { isSubNumber } from "./label";
import { type Line, plainWords } from "./lines";

/** What people call a clause, and its link, unique in its text. */
export interface Name {
  readonly spoken: string;
  readonly link: string;
}

/** A place others are named after: an annex, an opener, a sub-number, an item. */
interface Place extends Name {
  readonly level: number;
  /** A label is spoken after it without a comma. */
  readonly close: boolean;
}

const nowhere: Place = { spoken: "", link: "", level: 0, close: false };
const nameless: Name = { spoken: "", link: "" };

/** The name of every line. Lines of one table share its name; blank lines have none. */
export function namesOf(texts: readonly string[], lines: readonly Line[]): Name[] {
  const namer = new Namer();
  let table = nameless;
  return lines.map((line, i) => {
    if (line.kind === "blank") return nameless;
    const goesOn = line.kind === "rule" || (line.kind === "table" && lines[i + 1]?.kind !== "rule" && isRow(lines[i - 1]));
    if (goesOn) return table;
    const name = namer.name(line, texts[i]!.slice(line.mark));
    if (line.kind === "table") table = name;
    return name;
  });
}

const isRow = (line: Line | undefined): boolean => line?.kind === "table" || line?.kind === "rule";

class Namer {
  private division = nowhere;
  private opener = nowhere;
  private section = nowhere;
  private items: Place[] = [];
  private readonly seen = new Map<string, number>();
  private readonly used = new Set<string>();

  name(line: Line, words: string): Name {
    switch (line.kind) {
      case "number":
      case "title":
      case "history":
        return this.fixed(line.kind, line.kind);
      case "enacting":
        return this.fixed("opening line", "opening");
      case "footnote":
        return this.fixed(`footnote ${line.label}`, `note-${linkWords(line.label)}`);
      case "division":
        return this.divided(divisionName(plainWords(words)));
      case "divtitle":
        return this.give(this.count(this.division, "title", "title", ", "));
      case "heading":
        this.items = [];
        return this.give(this.counted(this.division, "heading", "h"));
      case "opener":
        return this.opened(plainWords(words).replace(/[ ,:;.،，：]+$/, ""));
      case "item":
        return this.item(line);
      case "bullet":
        return this.bullet(line.level);
      case "table":
        return this.give(this.counted(this.above(line.level), "table", "t"));
      default:
        return this.give(this.counted(this.above(line.level), "paragraph", "p"));
    }
  }

  private fixed(spoken: string, link: string): Name {
    return this.give(this.count(nowhere, spoken, link, ", "));
  }

  private divided(spoken: string): Name {
    this.items = [];
    this.opener = nowhere;
    this.division = this.count(nowhere, spoken, linkWords(spoken), " ");
    this.section = this.division;
    return this.give(this.division);
  }

  private opened(spoken: string): Name {
    this.items = [];
    this.opener = { ...this.count(this.division, spoken, linkWords(spoken), ", "), close: true };
    this.section = this.opener;
    return this.give(this.opener);
  }

  private item(line: Line): Name {
    const spoken = line.label.replace(/\.$/, "");
    const link = line.label.replace(/[.)]+$/, "").replaceAll(" ", "-");
    if (isSubNumber(line.label)) {
      const base = this.opener.link ? this.opener : this.division;
      this.items = [];
      this.section = { ...this.count(base, spoken, link, base.close ? " " : ", "), close: true };
      return this.give(this.section);
    }
    this.leave(line.level);
    const base = this.above(line.level);
    const here = { ...this.count(base, spoken, link, base.close ? " " : ", "), level: line.level, close: true };
    this.items.push(here);
    return this.give(here);
  }

  private bullet(level: number): Name {
    this.leave(level);
    const here = { ...this.counted(this.above(level), "bullet", "b"), level };
    this.items.push(here);
    return this.give(here);
  }

  /** Leaves the items at this level or deeper, because another begins. */
  private leave(level: number): void {
    while (this.items.length > 0 && this.items.at(-1)!.level >= level) this.items.pop();
  }

  /** The place that a line of the level stands under. A flush paragraph leaves no item: the list may go on after it. */
  private above(level: number): Place {
    return this.items.findLast((p) => p.level < level) ?? this.section;
  }

  private counted(base: Place, word: string, letter: string): Place {
    const n = this.next(`${base.link}\0${letter}`);
    return this.count(base, `${word} ${n}`, `${letter}${n}`, ", ");
  }

  private count(base: Place, spoken: string, link: string, between: string): Place {
    const own = link || "clause";
    const here = {
      spoken: base.link ? base.spoken + between + spoken : spoken,
      link: base.link ? `${base.link}-${own}` : own,
      level: 0,
      close: false,
    };
    const times = this.next(here.link);
    return times > 1 ? { ...here, spoken: `${here.spoken} (${ordinal(times)})`, link: `${here.link}~${times}` } : here;
  }

  private next(key: string): number {
    const n = (this.seen.get(key) ?? 0) + 1;
    this.seen.set(key, n);
    return n;
  }

  /** Makes sure of a link of its own, even where two names are spelt with the same letters. */
  private give(p: Place): Name {
    let link = p.link;
    for (let i = 2; this.used.has(link); i++) link = `${p.link}~${i}`;
    this.used.add(link);
    return { spoken: p.spoken, link };
  }
}

function ordinal(n: number): string {
  if (n % 100 >= 11 && n % 100 <= 13) return `${n}th`;
  return `${n}${["th", "st", "nd", "rd"][n % 10] ?? "th"}`;
}

/** Leaves off what a division says about itself in parentheses or after a dash, and brackets around it. */
function divisionName(plain: string): string {
  const cut = plain.search(/[(–—:]/);
  return (cut > 0 ? plain.slice(0, cut) : plain).trim().replace(/^[[\]., ]+|[[\]., ]+$/g, "");
}

/** The letters and digits of any script, in lower case, with a hyphen for what is between. */
function linkWords(s: string): string {
  return (s.match(/[\p{L}\p{Nd}\p{M}]+/gu) ?? []).map((w) => [...w].map((c) => c.toLowerCase()).join("")).join("-");
}
