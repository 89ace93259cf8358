import type { Upstream } from "./upstream.ts";

/**
 * An upstream whose credentials can be replaced while requests are under way: each request uses what `current` gives
 * when it is sent. `refused` is called after a 401, to look for new credentials at once.
 */
export function followUpstream(current: () => Upstream, refused: NonNullable<Upstream["refused"]>): Upstream {
  const { name, called, baseUrl, mediaType } = current();
  return {
    name,
    ...(called && { called }),
    baseUrl,
    mediaType,
    current,
    refused,
    authorize: (method, url) => current().authorize(method, url),
    charges: (request) => current().charges(request),
    limited: (body, charges) => current().limited(body, charges),
    beforeAttempt: (charges) => current().beforeAttempt(charges),
    afterAttempt: (reading, outcome) => current().afterAttempt(reading, outcome),
    explain: (failure) => current().explain(failure),
  };
}
