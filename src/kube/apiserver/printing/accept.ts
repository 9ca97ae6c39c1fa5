/** What the Accept header asks for. */
export const wantsTable = (accept: string | undefined): boolean => accept?.includes("as=Table") === true;
/** `includeObject` travels in the header's parameters here: None, Metadata (default) or Object. */
