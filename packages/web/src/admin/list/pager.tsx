/** From page to page of a long list. */
import type { ReactElement } from "react";
import { useSay } from "../../texts/say.js";
import { Button } from "../../ui/button.js";
import { views } from "../texts/views.js";

/** Which page of how much. */
export interface PagerProps {
  readonly page: number;
  readonly pageSize: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}

/** Nothing where all of it is on one page. */
export const Pager = ({ page, pageSize, total, onPage }: PagerProps): ReactElement | null => {
  const say = useSay();
  const last = Math.max(1, Math.ceil(total / pageSize));
  if (last === 1) return null;
  const [from, to] = [(page - 1) * pageSize + 1, Math.min(total, page * pageSize)];
  return (
    <nav className="admin-pager" aria-label={say(views.pages)}>
      <Button isDisabled={page <= 1} onPress={() => onPage(page - 1)}>
        {say(views.pageBefore)}
      </Button>
      <span role="status">{say(views.pageAt, { from, to, total })}</span>
      <Button isDisabled={page >= last} onPress={() => onPage(page + 1)}>
        {say(views.pageNext)}
      </Button>
    </nav>
  );
};
