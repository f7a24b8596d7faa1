/** A table that is a list of cards on a phone. Arrow keys go through it. */
import type { ReactElement, ReactNode } from "react";
import { Cell, Column, Row, Table, TableBody, TableHeader } from "react-aria-components/Table";

/** One column; the first names the row. */
export interface ListColumn<Item> {
  readonly id: string;
  readonly title: string;
  /** Its title is for screen readers only. */
  readonly bare?: boolean;
  readonly cell: (item: Item) => ReactNode;
}

/** What is listed. */
export interface ListTableProps<Item> {
  readonly label: string;
  readonly columns: readonly ListColumn<Item>[];
  readonly items: readonly Item[];
  readonly idOf: (item: Item) => string;
  /** Newer ones are on their way. */
  readonly busy?: boolean;
}

/** The table. */
export const ListTable = <Item,>({ label, columns, items, idOf, busy = false }: ListTableProps<Item>): ReactElement => (
  <div className="admin-scroll" data-busy={busy || undefined}>
    <Table aria-label={label} className="admin-table">
      <TableHeader>
        {columns.map(({ id, title, bare = false }, index) => (
          <Column key={id} id={id} isRowHeader={index === 0} data-bare={bare || undefined}>
            <span className={bare ? "admin-unseen" : undefined}>{title}</span>
          </Column>
        ))}
      </TableHeader>
      <TableBody>
        {items.map((item) => (
          <Row key={idOf(item)} id={idOf(item)}>
            {columns.map(({ id, title, bare = false, cell }) => (
              <Cell key={id} data-title={bare ? undefined : title} data-column={id}>
                {cell(item)}
              </Cell>
            ))}
          </Row>
        ))}
      </TableBody>
    </Table>
  </div>
);
