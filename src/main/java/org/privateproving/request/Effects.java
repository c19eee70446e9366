package org.privateproving.request;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.typed.javadsl.EffectFactories;
import org.apache.pekko.persistence.typed.javadsl.ReplyEffect;

/**
 * The order of things, once it is decided what happens: first it is persisted, then comes what is
 * due at once, then what the new state demands of the world. Whoever waits for an answer gets it
 * after the write, never before.
 */
final class Effects {
  private final EffectFactories<Event, State> factory;
  private final Duties duties;

  Effects(EffectFactories<Event, State> factory, Duties duties) {
    this.factory = factory;
    this.duties = duties;
  }

  ReplyEffect<Event, State> none() {
    return factory.noReply();
  }

  <R> ReplyEffect<Event, State> reply(ActorRef<R> replyTo, R answer) {
    return factory.reply(replyTo, answer);
  }

  /** Answers with what the state says after the event, or as it is if there is no event. */
  <R> ReplyEffect<Event, State> answer(
      Optional<Event> event, State present, ActorRef<R> replyTo, Function<State, R> answer) {
    return event.isEmpty()
        ? factory.reply(replyTo, answer.apply(present))
        : factory.persist(event.get()).thenRun(duties::perform).thenReply(replyTo, answer::apply);
  }

  /** Tells whoever reported this, in any case; after the event, if there is one. */
  ReplyEffect<Event, State> tell(Optional<Event> event, Runnable teller) {
    if (event.isEmpty()) {
      teller.run();
      return none();
    }
    return persist(event, _ -> teller.run());
  }

  /** Nothing at all if there is no event. */
  ReplyEffect<Event, State> persist(Optional<Event> event) {
    return persist(event, _ -> {});
  }

  /**
   * @param first what is due before anything else, in the new state
   */
  ReplyEffect<Event, State> persist(Optional<Event> event, Consumer<State> first) {
    return event.isEmpty() ? none() : persist(List.of(event.get()), first);
  }

  /** All of them in one write. */
  ReplyEffect<Event, State> persist(List<Event> events, Consumer<State> first) {
    return factory
        .persist(events)
        .thenRun(
            (State after) -> {
              first.accept(after);
              duties.perform(after);
            })
        .thenNoReply();
  }
}
