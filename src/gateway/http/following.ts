import type { Upstream } from "./upstream.ts";

/**
 * Makes an upstream whose credentials can be replaced while requests wait. Each function of this upstream uses the
 * upstream that `current` returns at that moment. `refused` is called after a 401, so that the server looks for new
 * credentials at once.
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
