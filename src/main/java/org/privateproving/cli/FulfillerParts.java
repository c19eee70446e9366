package org.privateproving.cli;

import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.privateproving.dispatch.Dispatcher;
import org.privateproving.fulfiller.Fulfiller;
import org.privateproving.fulfiller.FulfillerSettings;
import org.privateproving.fulfiller.Workplace;
import org.privateproving.request.RequestCommand;

/** The fulfiller of this process, and how it leaves. */
final class FulfillerParts {
  private FulfillerParts() {}

  static void start(
      ActorSystem<?> system,
      ClusterParts parts,
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
                clock),
            "fulfiller",
            Props.empty());
    leaveFirst(system, fulfiller, settings.name(), parts);
  }

  /** What it works on goes back into the queue while there is still somebody to tell. */
  private static void leaveFirst(
      ActorSystem<?> system,
      ActorRef<Fulfiller.Command> fulfiller,
      String name,
      ClusterParts parts) {
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseServiceStop(),
            "give-back-leases",
            () -> {
              parts.dispatcher().tell(new Dispatcher.Withdrawn(name));
              var stopped = new CompletableFuture<Done>();
              system.systemActorOf(
                  StopWatch.until(fulfiller, stopped), "fulfiller-watch", Props.empty());
              fulfiller.tell(Fulfiller.Stop.INSTANCE);
              return stopped;
            });
  }
}
