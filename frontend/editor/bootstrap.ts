/** What the server tells the editor in its page: a JSON block, read once. */

/** A circle as the page shows it: its code in addresses, its label as printed, the slot of its ink. */
export interface CircleTag {
  readonly code: string;
  readonly label: string;
  readonly name?: string;
  readonly slot: number;
}

/** Everything the editor starts with. */
export interface Bootstrap {
  readonly slug: string;
  /** The branch: "drafts/usa/48a5-1". */
  readonly ref: string;
  readonly circle: CircleTag;
  readonly person: { readonly id: string; readonly name: string };
  readonly circles: readonly CircleTag[];
  /** Path of the live connection. */
  readonly socket: string;
  readonly urls: {
    readonly submit: string;
    readonly history: string;
    readonly compare: string;
    readonly resolution: string;
    readonly read: string;
    readonly clone: string;
    readonly keep: string;
    /** The comments' page, and the same through the API. */
    readonly comments: string;
    readonly commentsAPI: string;
  };
  /** What the text is compared with: "Rev. Dubai, 2012". */
  readonly baseLabel: string;
  readonly canWrite: boolean;
  /** The document number, empty until issued. */
  readonly number: string;
  readonly title?: string;
  /** The text as last submitted: "proposals/usa/48a5-1"; empty while nothing is. */
  readonly submitted: string;
  readonly lang: string;
  readonly clauses: number;
}

/** Reads the block from the page. */
export function readBootstrap(): Bootstrap {
  const block = document.getElementById("plenary-editor");
  if (!block?.textContent) throw new Error("the page has no editor data");
  return JSON.parse(block.textContent) as Bootstrap;
}
