/** What the Accept header asks for, and how a Table's rows carry their objects. */
export const wantsTable = (accept: string | undefined): boolean => accept?.includes("as=Table") === true;

/** The option stands in the query; it travels with the header from there on. */
export function withTableOptions(accept: string | undefined, query: Readonly<Record<string, string>>): string | undefined {
  const include = query["includeObject"];
  return include === undefined || accept === undefined ? accept : `${accept};includeObject=${include}`;
}
