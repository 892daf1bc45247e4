import { act, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { useTyped } from "./use-typed.ts";

/** An address that takes what it is told when the test says so. */
function Search({ addresses }: { readonly addresses: ((text: string) => void)[] }) {
  const [address, setAddress] = useState("");
  const [text, type] = useTyped(address, (next) => addresses.push(() => setAddress(next)));
  return (
    <>
      <input aria-label="Search" value={text} onChange={({ target }) => type(target.value)} />
      <button type="button" onClick={() => setAddress("")}>
        Clear
      </button>
    </>
  );
}
const field = () => screen.getByLabelText<HTMLInputElement>("Search");
const type = (value: string) => fireEvent.change(field(), { target: { value } });

test("what is typed while the address is late stays, is told next, and goes when the address is cleared", () => {
  vi.useFakeTimers();
  try {
    const addresses: ((text: string) => void)[] = [];
    render(<Search addresses={addresses} />);
    type("b");
    act(() => void vi.advanceTimersByTime(300));
    expect(addresses).toHaveLength(1);
    type("branch 0777");
    act(() => addresses[0]?.(""));
    expect(field().value).toBe("branch 0777");
    act(() => void vi.advanceTimersByTime(300));
    act(() => addresses[1]?.(""));
    expect(field().value).toBe("branch 0777");
    fireEvent.click(screen.getByRole("button", { name: "Clear" }));
    expect(field().value).toBe("");
    act(() => void vi.advanceTimersByTime(1000));
    expect(addresses).toHaveLength(2);
  } finally {
    vi.useRealTimers();
  }
});
