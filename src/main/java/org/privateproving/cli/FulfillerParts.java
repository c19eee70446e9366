package org.privateproving.cli;

import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.privateproving.cluster.ClusterLost;
import org.privateproving.dispatch.Dispatcher;
import org.privateproving.fulfiller.Fulfiller;
import org.privateproving.fulfiller.FulfillerSettings;
import org.privateproving.fulfiller.Workplace;
import org.privateproving.request.RequestCommand;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The fulfiller of this process, and how it leaves. */
final class FulfillerParts {
  private static final Logger LOG = LoggerFactory.getLogger(FulfillerParts.class);

  private FulfillerParts() {}

  static void start(
      ActorSystem<?> system,
      ClusterParts parts,
      Roles roles,
      FulfillerSettings settings,
      Workplace workplace,
      ProgressLine progress,
      Clock clock) {
    ActorRef<Fulfiller.Command> fulfiller =
        system.systemActorOf(
            Fulfiller.create(
                settings,
                workplace,
                (id, report) ->
                    ClusterParts.request(parts.sharding(), id)
                        .tell(new RequestCommand.Report(report)),
                offer -> parts.dispatcher().tell(new Dispatcher.Offered(offer)),
                new FulfillerProgress(progress, settings.engine().name().toLowerCase(Locale.ROOT)),
                roles.isServer() ? FulfillerParts::stayStuck : FulfillerParts::endProcess,
                clock),
            "fulfiller",
            Props.empty());
    // Where the server goes as well, nobody is left to take the proof.
    Duration grace = roles.isServer() ? Duration.ZERO : settings.drain();
    leaveFirst(system, fulfiller, settings.name(), grace, parts);
  }

  /** The server of this process has clients: it goes on, and the device is not offered. */
  private static void stayStuck() {
    LOG.error("The device takes nothing on until it comes back; if it does not, start this again");
  }

  /** Off the actor's thread, since ending waits for actors. */
  private static void endProcess() {
    LOG.error("Ending this process, so that whoever watches over it starts another");
    Thread.ofPlatform().name("stuck").start(() -> System.exit(PrivateProving.START_AGAIN));
  }

  /**
   * What it works on is finished, or goes back into the queue, while there is still somebody to
   * tell.
   */
  private static void leaveFirst(
      ActorSystem<?> system,
      ActorRef<Fulfiller.Command> fulfiller,
      String name,
      Duration grace,
      ClusterParts parts) {
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseServiceStop(),
            "give-back-leases",
            () -> {
              if (ClusterLost.is(system)) {
                // Nobody is there to take anything back, and the next one goes on with it.
                return CompletableFuture.completedFuture(Done.getInstance());
              }
              parts.dispatcher().tell(new Dispatcher.Withdrawn(name));
              var stopped = new CompletableFuture<Done>();
              system.systemActorOf(
                  StopWatch.until(fulfiller, stopped), "fulfiller-watch", Props.empty());
              LOG.info("Draining: no more leases are taken");
              fulfiller.tell(grace.isZero() ? Fulfiller.Stop.INSTANCE : new Fulfiller.Drain(grace));
              return stopped;
            });
  }
}
