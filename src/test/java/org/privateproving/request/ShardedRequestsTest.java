package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.privateproving.request.RequestKit.get;

import com.typesafe.config.ConfigFactory;
import java.time.Instant;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.privateproving.domain.RequestId;

/** Which questions reach an actor at all. */
class ShardedRequestsTest {
  @RegisterExtension static final RequestKit kit = RequestKit.start();

  private static final Queue<String> started = new ConcurrentLinkedQueue<>();
  private static final Set<String> losing = ConcurrentHashMap.newKeySet();
  private static ActorTestKit cluster;

  private final RequestId id = kit.randomId();
  private final Surroundings around = kit.request().around();
  private ShardedRequests requests;

  @BeforeAll
  static void start() {
    cluster =
        ActorTestKit.create(
            ConfigFactory.parseString(
                """
                pekko.actor.provider = cluster
                pekko.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }
                pekko.cluster.jmx.multi-mbeans-in-same-jvm = on
                """));
    Cluster self = Cluster.get(cluster.system());
    self.manager().tell(new Join(self.selfMember().address()));
    ClusterSharding.get(cluster.system())
        .init(Entity.of(ProofRequest.TYPE_KEY, context -> actor(context.getEntityId())));
  }

  @AfterAll
  static void stop() {
    cluster.shutdownTestKit();
  }

  @BeforeEach
  void create() {
    requests = new ShardedRequests(cluster.system(), around);
  }

  /** Takes every order and answers as one that is queued; loses the first message if told to. */
  private static Behavior<RequestCommand> actor(String id) {
    started.add(id);
    return Behaviors.receiveMessage(
        command -> {
          if (losing.remove(id)) {
            return Behaviors.same();
          }
          switch (command) {
            case RequestCommand.Accept(var _, var replyTo) -> replyTo.tell(Done.getInstance());
            case RequestCommand.Poll(var _, var replyTo) -> replyTo.tell(answer(id));
            case RequestCommand.Cancel(var _, var replyTo) -> replyTo.tell(answer(id));
            default -> throw new AssertionError(command);
          }
          return Behaviors.same();
        });
  }

  private static RequestCommand.Answer answer(String id) {
    var facts =
        new State.Facts(
            SampleRequests.order(), Instant.EPOCH, Instant.EPOCH, 0, 0, Optional.empty(), false);
    return RequestCommand.Answer.of(new RequestId(id), new State.Queued(facts));
  }

  private Order order() {
    Order sample = SampleRequests.order();
    return SampleRequests.with(
        sample, "http://here/" + id, sample.terms().stdin(), SampleRequests.DEADLINE);
  }

  @Test
  void shouldStartNoActorForWhatNobodyOrdered() {
    assertThat(get(requests.poll(id))).isEmpty();
    assertThat(get(requests.find(id))).isEmpty();
    assertThat(get(requests.cancel(id, order().requester()))).isEmpty();

    assertThat(started).doesNotContain(id.hex());
  }

  @Test
  void shouldAskTheActorOfWhatWasAcceptedHere() {
    get(requests.accept(id, order()));
    // Without its row only what is remembered leads to the actor.
    deleteRow();
    assertThat(get(new KnownRequests(around.index(), 1).mayExist(id))).isFalse();

    assertThat(get(requests.poll(id))).isPresent();
  }

  @Test
  void shouldAskAgainWhenAMessageIsLost() {
    losing.add(id.hex());
    get(requests.accept(id, order()));
    assertThat(losing).isEmpty();

    losing.add(id.hex());
    assertThat(get(requests.poll(id))).isPresent();
  }

  private void deleteRow() {
    get(
        kit.database()
            .transact(
                connection -> {
                  try (var delete =
                      connection.prepareStatement("DELETE FROM request WHERE request_id = ?")) {
                    delete.setBytes(1, id.bytes());
                    return delete.executeUpdate();
                  }
                }));
  }

  @Test
  void shouldAskTheActorOfWhatAnotherServerAccepted() {
    assertThat(get(requests.find(id))).isEmpty();
    get(around.index().register(id, order(), Instant.now()));

    assertThat(get(requests.find(id))).isPresent();
  }

  @Test
  void shouldRememberABoundedNumber() {
    KnownRequests known = new KnownRequests(around.index(), 2);
    RequestId second = kit.randomId();
    RequestId third = kit.randomId();
    known.remember(id);
    known.remember(second);
    assertThat(known.isRemembered(id)).isTrue();
    known.remember(third);

    assertThat(known.isRemembered(id)).isTrue();
    assertThat(known.isRemembered(second)).isFalse();
    assertThat(known.isRemembered(third)).isTrue();
  }
}
