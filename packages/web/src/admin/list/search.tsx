/** Narrows a list while somebody types. */
import type { ReactElement } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Input } from "react-aria-components/Input";
import { SearchField } from "react-aria-components/SearchField";
import { useSay } from "../../texts/say.js";
import { Icon } from "../../ui/icon.js";
import { views } from "../texts/views.js";

/** The field; Escape empties it. */
export const Search = ({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactElement => {
  const say = useSay();
  return (
    <SearchField className="admin-search" aria-label={label} value={value} onChange={onChange} maxLength={150}>
      <Input placeholder={label} />
      {value !== "" && (
        <AriaButton className="admin-search-clear" aria-label={say(views.searchClear)}>
          <Icon name="close" />
        </AriaButton>
      )}
    </SearchField>
  );
};
