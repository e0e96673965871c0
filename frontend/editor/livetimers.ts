/** Timers by name: setting one again puts off what it was set for. */
export class Timers {
  private readonly set = new Map<string, ReturnType<typeof setTimeout>>();

  after(name: string, ms: number, run: () => unknown): void {
    clearTimeout(this.set.get(name));
    this.set.set(
      name,
      setTimeout(() => {
        this.set.delete(name);
        run();
      }, ms),
    );
  }

  has(name: string): boolean {
    return this.set.has(name);
  }

  clear(...names: string[]): void {
    for (const name of names) {
      clearTimeout(this.set.get(name));
      this.set.delete(name);
    }
  }

  stop(): void {
    this.clear(...this.set.keys());
  }
}
