package org.privateproving.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.privateproving.domain.RootCause;
import org.privateproving.gateway.Readiness.Check;

/** Health, for load balancers and probes: {@code live} (the process is up), {@code ready}. */
final class HealthRoutes {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Readiness readiness;
  private final Drain drain;

  HealthRoutes(Readiness readiness, Drain drain) {
    this.readiness = readiness;
    this.drain = drain;
  }

  HttpResponse live() {
    return json(StatusCodes.OK, Map.of("status", "up"));
  }

  CompletionStage<HttpResponse> ready() {
    CompletableFuture<List<Check>> looked;
    try {
      looked = readiness.checks().toCompletableFuture().copy();
    } catch (RuntimeException e) {
      looked = CompletableFuture.failedFuture(e);
    }
    return looked
        .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            failure ->
                List.of(
                    new Check(
                        "checks",
                        false,
                        "could not be made: " + RootCause.of(failure).getClass().getSimpleName())))
        .thenApply(this::answer);
  }

  private HttpResponse answer(List<Check> checks) {
    List<Check> all = new ArrayList<>(checks);
    if (drain.begun()) {
      all.add(new Check("drain", false, "this server is stopping"));
    }
    boolean ready = all.stream().allMatch(check -> check.ready() || !check.vital());
    boolean well = all.stream().allMatch(Check::ready);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("status", well ? "ready" : ready ? "degraded" : "not ready");
    body.put("checks", all);
    return json(ready ? StatusCodes.OK : StatusCodes.SERVICE_UNAVAILABLE, body);
  }

  private static HttpResponse json(StatusCode status, Object body) {
    try {
      return HttpResponse.create()
          .withStatus(status)
          .withEntity(
              HttpEntities.create(ContentTypes.APPLICATION_JSON, JSON.writeValueAsString(body)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
