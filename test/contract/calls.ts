/** For each method of `Api` how it is called so that every parameter it can send is sent once. */
export type Calls<Api> = {
  readonly [Name in keyof Api as Api[Name] extends (...args: never[]) => unknown ? Name : never]: (
    api: Api,
  ) => Promise<unknown>;
};
export type Half<Whole> = { readonly [Part in keyof Whole]: Calls<NonNullable<Whole[Part]>> };
