/** Whether somebody typed a currency's three letters. */
export const isCurrency = (typed: string): boolean => /^[a-z]{3}$/i.test(typed)
