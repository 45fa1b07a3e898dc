// An application that uses the drop-in service as it is: the default export, without any option.
import service from 'landfall/config-service';

window.application = { service, client: service.client };
