/** Below a `Virtualizer`: rows of a long list cost the same as those of a short one. */
import { useContext, useMemo, type ReactElement, type ReactNode } from "react";
import { CollectionRendererContext } from "react-aria-components/CollectionBuilder";

type Renderer = NonNullable<React.ContextType<typeof CollectionRendererContext>>;

/**
 * React Aria's row looks through the whole list, each time that it is drawn, to know its own number. Here a row is told that the list is drawn whole, so
 * that it does not; who uses this says `aria-rowindex` themselves.
 */
export const CheapRows = ({ children }: { readonly children: ReactNode }): ReactElement => {
  const renderer = useContext(CollectionRendererContext);
  const cheap = useMemo((): Renderer => {
    const { CollectionRoot } = renderer;
    const rows = { ...renderer, isVirtualized: false };
    return {
      ...renderer,
      CollectionRoot: (props) => (
        <CollectionRendererContext value={rows}>
          <CollectionRoot {...props} />
        </CollectionRendererContext>
      ),
    };
  }, [renderer]);
  return <CollectionRendererContext value={cheap}>{children}</CollectionRendererContext>;
};
