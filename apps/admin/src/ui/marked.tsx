/** A text of the server: what stands in backticks there is code. */
export const Marked = ({ text }: { readonly text: string }) =>
  text.split(/(`[^`]+`)/).map((part, index) =>
    part.startsWith("`") ? (
      <code key={index} className="font-mono text-[0.92em]">
        {part.slice(1, -1)}
      </code>
    ) : (
      part
    ),
  );
