/** Calls of the API from a page of the same server. */
import type { components } from "./api.gen";

/** The shapes of the API, by name. */
export type API = components["schemas"];

/** A call that was answered with no, or not at all. The message is a sentence for people. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    sentence: string,
  ) {
    super(sentence);
  }
}

/** Calls an operation and gives its answer. Throws Refused. */
export async function call<T = void>(method: "GET" | "POST" | "PUT", url: string, body?: object): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(url, {
      method,
      headers: { Accept: "application/json", ...(body ? { "Content-Type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  } catch {
    throw new Refused(0, "There is no connection just now. What you wrote is kept here; try again in a moment.");
  }
  if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T;
  const problem = (await answer.json().catch(() => null)) as API["Problem"] | null;
  throw new Refused(answer.status, problem?.sentence ?? "The server could not do this. Try again in a moment.");
}
