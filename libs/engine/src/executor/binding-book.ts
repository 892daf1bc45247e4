import type { Binding, Slot } from "@tandem/domain/slot";
import type { Operation } from "@tandem/domain/plan";

const keyOf = (address: string, slot: Slot | null): string => `${slot ?? ""}:${address}`;

/** The bindings as this run knows them: those of the view, and what its own steps have written since. */
export class BindingBook {
  readonly #bindings: Map<string, Binding>;

  constructor(bindings: readonly Binding[]) {
    this.#bindings = new Map(bindings.map((binding) => [keyOf(binding.address, binding.slot), binding]));
  }

  of({ address, slot }: Pick<Operation, "address" | "slot">): Binding | null {
    return this.#bindings.get(keyOf(address, slot)) ?? null;
  }

  put(binding: Binding): void {
    this.#bindings.set(keyOf(binding.address, binding.slot), binding);
  }

  remove(address: string, slot: Slot | null): void {
    this.#bindings.delete(keyOf(address, slot));
  }

  all(): readonly Binding[] {
    return [...this.#bindings.values()];
  }
}
