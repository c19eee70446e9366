package org.privateproving.endtoend;

import static java.util.stream.Stream.concat;

import java.util.List;
import java.util.stream.Stream;
import org.privateproving.domain.Schema;

/** A call on the way of a request, from its program to its proof. */
enum FaultPlace {
  // Of the client, passed on by our server.
  GET_PROGRAM("GetProgram"),
  CREATE_ARTIFACT("CreateArtifact"),
  PUT_PROGRAM("PUT"),
  NONCE_FOR_PROGRAM("GetNonce"),
  CREATE_PROGRAM("CreateProgram"),
  PARAMS("GetProofRequestParams"),
  NONCE_FOR_REQUEST("GetNonce"),
  REQUEST_PROOF("RequestProof"),
  // Of our server.
  OWNER("GetOwner"),
  SCHEMA("GetProofRequestParams"),
  DETAILS("GetProofRequestDetails"),
  /** Looks for a request whose answer was lost, and that is not there by the id it would have. */
  FIND("GetFilteredProofRequests"),
  /** Of the reconciler. */
  LIST("GetFilteredProofRequests"),
  PROGRAM("GET"),
  LOOK("GetProofRequestStatus"),
  OUR_NONCE("GetNonce"),
  DOMAIN("GetProofRequestParams"),
  /** Another method in each schema for each result. */
  REPORT(""),
  PROOF_URI("GetProofRequestStatus");

  private final String method;

  FaultPlace(String method) {
    this.method = method;
  }

  String method() {
    return method;
  }

  boolean existsIn(Schema schema) {
    return switch (this) {
      case PARAMS, SCHEMA, DOMAIN -> schema == Schema.AUCTION;
      default -> true;
    };
  }

  /** Before the first request, since its answer is remembered. */
  boolean isAtStart() {
    return this == OWNER || this == SCHEMA;
  }

  /** Whether a fault can be told for one case alone: by request, or by signer. */
  boolean isOfOneCase() {
    return switch (this) {
      case GET_PROGRAM, PUT_PROGRAM, PARAMS, OWNER, SCHEMA, LIST, PROGRAM, OUR_NONCE, DOMAIN ->
          false;
      default -> true;
    };
  }

  /** Whether it makes a difference what comes of the request. */
  boolean isAboutTheEnd() {
    return switch (this) {
      case REQUEST_PROOF, DETAILS, FIND, PROGRAM, LOOK, REPORT -> true;
      default -> false;
    };
  }

  List<InjectedFault> faults() {
    return switch (this) {
      case PUT_PROGRAM ->
          Stream.of(
                  InjectedFault.statuses("before"),
                  InjectedFault.statuses("after"),
                  waits("before", "after"))
              .flatMap(faults -> faults)
              .toList();
      case PROGRAM ->
          Stream.of(
                  InjectedFault.statuses("before"),
                  waits("before"),
                  Stream.of(InjectedFault.timed("cut", "after"), InjectedFault.kind("malformed")))
              .flatMap(faults -> faults)
              .toList();
      case CREATE_PROGRAM, REPORT -> signed().toList();
      case REQUEST_PROOF ->
          concat(
                  signed(),
                  Stream.of(InjectedFault.kind("assign-other"), InjectedFault.unassigned(1500)))
              .toList();
      case NONCE_FOR_PROGRAM, NONCE_FOR_REQUEST, OUR_NONCE ->
          concat(question(), Stream.of(InjectedFault.kind("stale-nonce"))).toList();
      case CREATE_ARTIFACT ->
          Stream.of(InjectedFault.codes("after"), question()).flatMap(faults -> faults).toList();
      default -> question().toList();
    };
  }

  private static Stream<InjectedFault> waits(String... when) {
    return concat(
        Stream.of(InjectedFault.delay()),
        Stream.of(when)
            .flatMap(
                moment ->
                    Stream.of(
                        InjectedFault.timed("cut", moment), InjectedFault.timed("hold", moment))));
  }

  private static Stream<InjectedFault> question() {
    return Stream.of(
            InjectedFault.codes("before"),
            waits("before"),
            Stream.of(InjectedFault.timed("cut", "after"), InjectedFault.kind("malformed")))
        .flatMap(faults -> faults);
  }

  private static Stream<InjectedFault> signed() {
    return Stream.of(
            InjectedFault.codes("before"),
            InjectedFault.codes("after"),
            waits("before", "after"),
            Stream.of("malformed", "stale-nonce", "duplicate").map(InjectedFault::kind))
        .flatMap(faults -> faults);
  }
}
