"use strict";

// The CSRF token is read from its cookie at the moment of a request and never written into this file.
function tokenFromCookie() {
  const found = document.cookie.match(/(?:^|; )(?:__Host-)?c=([^;]+)/);
  return found ? found[1] : "";
}

SwaggerUIBundle({
  url: "{{ schema_url|escapejs }}",
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  requestInterceptor: function (request) {
    if (request.method && request.method !== "GET") {
      request.headers["X-CSRFToken"] = tokenFromCookie();
    }
    return request;
  },
});
