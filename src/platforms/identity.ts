/** Who a token belongs to. */
export interface Identity {
  name: string
}

/** The platform answered, and the token is not what it takes. */
export class TokenRefused extends Error {
  override name = 'TokenRefused'
}
