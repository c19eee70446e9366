package org.privateproving.bench;

/** What is timed. The names are the report's. */
enum Measure {
  GET_PROGRAM("GetProgram"),
  GET_PARAMS("GetProofRequestParams"),
  GET_PROVERS("GetProversByUptime"),
  CREATE_ARTIFACT("CreateArtifact"),
  UPLOAD("PUT input"),
  GET_NONCE("GetNonce"),
  REQUEST_PROOF("RequestProof"),
  STATUS("GetProofRequestStatus"),
  DOWNLOAD("GET proof"),
  /** From the time at which a life was to begin to the answer to its RequestProof. */
  ACCEPTED("begin to accepted"),
  /** From the answer to RequestProof to the proof in the client's hands. */
  COMPLETED("accepted to proof"),
  /** The same without what the engine itself takes. */
  ADDED("added by the service");

  private final String title;

  Measure(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
