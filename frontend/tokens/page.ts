import { offerCopies } from "../shared/copy";

offerCopies(".command");
