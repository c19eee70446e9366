package org.privateproving.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterEvent.CurrentClusterState;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.PathMatchers;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.management.javadsl.ManagementRouteProvider;
import org.apache.pekko.management.javadsl.ManagementRouteProviderSettings;

/**
 * {@code GET /private-proving/v1/nodes} on the management port: the cluster as this node sees it,
 * and whether this node drains. Pekko makes this by the name in {@code application.conf}.
 */
public final class NodesRoute extends AllDirectives implements ManagementRouteProvider {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ExtendedActorSystem system;

  public NodesRoute(ExtendedActorSystem system) {
    this.system = system;
  }

  @Override
  public Route routes(ManagementRouteProviderSettings settings) {
    return path(
        PathMatchers.segment("private-proving").slash("v1").slash("nodes"),
        () -> get(() -> complete(answer())));
  }

  private HttpResponse answer() {
    try {
      return HttpResponse.create()
          .withEntity(
              HttpEntities.create(ContentTypes.APPLICATION_JSON, JSON.writeValueAsString(nodes())));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of texts can be written", e);
    }
  }

  private Map<String, Object> nodes() {
    Cluster cluster = Cluster.get(system);
    CurrentClusterState state = cluster.state();
    Set<Member> unreachable = state.getUnreachable();
    List<Map<String, Object>> nodes = new ArrayList<>();
    for (Member member : state.getMembers()) {
      Map<String, Object> node = new LinkedHashMap<>();
      node.put("address", member.address().hostPort());
      node.put("roles", new TreeSet<>(member.getRoles()));
      node.put("version", member.appVersion().toString());
      node.put("status", member.status().toString());
      node.put("reachable", !unreachable.contains(member));
      nodes.add(node);
    }
    boolean drains = CoordinatedShutdown.get(system).getShutdownReason().isPresent();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("self", cluster.selfAddress().hostPort());
    answer.put("state", drains ? "draining" : "running");
    answer.put("nodes", nodes);
    return answer;
  }
}
